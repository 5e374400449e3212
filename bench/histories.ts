import type { Client } from '@temporalio/client';
import type { HistoryEvent } from './temporal-figures.ts';

/**
 * @returns the events of a workflow's latest execution and of all that continued as new into it, each execution apart,
 * latest first.
 */
export async function executionsOf(client: Client, workflowId: string): Promise<(readonly HistoryEvent[])[]> {
  const executions: (readonly HistoryEvent[])[] = [];
  for (let runId: string | undefined = ''; runId !== undefined;) {
    const { events } = await client.workflow.getHandle(workflowId, runId || undefined).fetchHistory();
    executions.push(events ?? []);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return executions;
}
