import { Client, Connection } from '@temporalio/client';
import type { RunStatus } from '../domain/progress.ts';
import { TASK_QUEUES, WORKFLOW_TYPES } from '../domain/temporal-names.ts';
import type { Stack } from '../local/stack.ts';

/** When a run's workflow began and ended, ms since 1970. */
export interface RunTimes {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Calls `work` with a client of the stack's Temporal server. */
export async function withClient<T>({ temporal }: Stack, work: (client: Client) => Promise<T>): Promise<T> {
  const { address, namespace } = temporal;
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

/** Starts a run and waits for its end. @throws Error where not all of it has an answer. */
export async function executeRun(client: Client, runId: string, spec: object): Promise<RunTimes> {
  const startedAtMs = Date.now();
  const start = { workflowId: runId, taskQueue: TASK_QUEUES.workflows, args: [spec] };
  const { state, ok, expected } = (await client.workflow.execute(WORKFLOW_TYPES.run, start)) as RunStatus;
  const endedAtMs = Date.now();
  if (state !== 'complete' || ok !== expected) throw new Error(`Run ${runId} ended ${state} with ${ok} of ${expected} answers.`);
  return { startedAtMs, endedAtMs };
}
