import { defaultPayloadConverter } from '@temporalio/common';
import type { Desk } from './desk.ts';

type Event = NonNullable<
  NonNullable<Awaited<ReturnType<Desk['client']['workflowService']['getWorkflowExecutionHistory']>>['history']>['events']
>[number];

async function startedEvent({ client, namespace }: Desk, workflowId: string, runId: string | null): Promise<Event | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, ...(runId === null ? {} : { runId }) },
    maximumPageSize: 1,
  });
  return history?.events?.[0];
}

/**
 * @returns the argument with which the first execution of a run was started, whoever started it and however often it
 * has continued as new since; null where there is none.
 */
export async function firstInput(desk: Desk, workflowId: string): Promise<unknown> {
  const latest = (await startedEvent(desk, workflowId, null))?.workflowExecutionStartedEventAttributes;
  const first = latest?.firstExecutionRunId;
  const isFirst = first === undefined || first === null || first === latest?.originalExecutionRunId;
  const attributes = isFirst ? latest : (await startedEvent(desk, workflowId, first))?.workflowExecutionStartedEventAttributes;
  const payload = attributes?.input?.payloads?.[0];
  return payload === undefined ? null : defaultPayloadConverter.fromPayload(payload);
}
