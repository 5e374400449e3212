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

/** More than orders of people bring before the first activity ends. */
const FIRST_EVENTS = 200;

/** @returns whether a run got as far as being opened, which is its first activity; one that has continued as new did. */
export async function wasOpened({ client, namespace }: Desk, workflowId: string): Promise<boolean> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: FIRST_EVENTS,
  });
  const events = history?.events ?? [];
  const isContinued = Boolean(events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId);
  return isContinued || events.some(({ activityTaskCompletedEventAttributes: completed }) => Boolean(completed));
}
