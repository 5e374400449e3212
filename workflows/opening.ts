import type { WorkflowInfo } from '@temporalio/workflow';
import type { Opening } from '../activities/index.ts';
import { SEARCH_ATTRIBUTES } from '../domain/temporal-names.ts';

/** The server's own attribute of what a schedule started: the time at which it was due, not when it came to it. */
const SCHEDULED_AT = 'TemporalScheduledStartTime';

/** Who starts a run with the `temporal` command, or makes a schedule with it, says nothing of that. */
export function triggerOf({ searchAttributes }: WorkflowInfo): string {
  const [told] = searchAttributes[SEARCH_ATTRIBUTES.trigger] ?? [];
  if (typeof told === 'string') return told;
  return SCHEDULED_AT in searchAttributes ? 'schedule' : 'temporal';
}

export function openingOf({ workflowId, startTime, searchAttributes }: WorkflowInfo): Opening {
  const [scheduledAt] = searchAttributes[SCHEDULED_AT] ?? [];
  const scheduled = scheduledAt instanceof Date ? { scheduledAt: scheduledAt.toISOString() } : {};
  return { runId: workflowId, startedAt: startTime.toISOString(), ...scheduled };
}
