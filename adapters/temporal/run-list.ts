import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { Desk } from './desk.ts';

/** A run as a list shows it, without asking the run itself. */
export interface ListedRun {
  readonly runId: string;
  readonly open: boolean;
  /** Of an ended run: how Temporal says that it closed. */
  readonly closed: 'completed' | 'cancelled' | 'failed' | null;
  readonly state: string | null;
  readonly dataset: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

const QUERY = `WorkflowType = "${WORKFLOW_TYPES.run}" AND ExecutionStatus != "ContinuedAsNew"`;
const MOST_A_PAGE = 200;
const CLOSED: Readonly<Record<string, ListedRun['closed']>> = { RUNNING: null, COMPLETED: 'completed', CANCELLED: 'cancelled' };

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function listedRun(info: WorkflowExecutionInfo): ListedRun {
  const attribute = (name: string): string | null =>
    textOf(info.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD')));
  const closed = CLOSED[info.status.name];
  return {
    runId: info.workflowId,
    open: info.status.name === 'RUNNING',
    closed: closed === undefined ? 'failed' : closed,
    state: attribute(SEARCH_ATTRIBUTES.state),
    dataset: attribute(SEARCH_ATTRIBUTES.dataset) ?? textOf(info.memo?.['dataset']),
    startedAt: textOf(info.memo?.['started_at']) ?? info.startTime.toISOString(),
    endedAt: info.closeTime?.toISOString() ?? null,
  };
}

/** @returns the runs that Temporal knows, the latest first, at most `limit`. */
export async function listRuns(desk: Desk, limit: number): Promise<ListedRun[]> {
  return desk.ask(async () => {
    // An id that was started again is one run: the latest execution stands for it.
    const runs = new Map<string, ListedRun>();
    for await (const info of desk.client.workflow.list({ query: QUERY, pageSize: Math.min(limit, MOST_A_PAGE) })) {
      if (!runs.has(info.workflowId)) runs.set(info.workflowId, listedRun(info));
      if (runs.size >= limit) break;
    }
    return [...runs.values()];
  });
}
