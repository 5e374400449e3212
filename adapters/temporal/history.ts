import { defaultPayloadConverter } from '@temporalio/common';
import type { Desk } from './desk.ts';

/**
 * @returns the first argument of a run's latest execution: the spec, whoever started it and however often it has
 * continued as new since. Null where there is none.
 */
export async function firstInput({ client, namespace }: Desk, workflowId: string): Promise<unknown> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return payload === undefined ? null : defaultPayloadConverter.fromPayload(payload);
}
