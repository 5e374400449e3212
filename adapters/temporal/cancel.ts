import { Failure } from '../../domain/failure.ts';
import type { Desk } from './desk.ts';
import { endedAlready } from './failure.ts';

/** Whether a run was cancelled by this order, or before. */
export type Cancelled = 'requested' | 'already';

/** The server takes the order also for what has closed, and does nothing. @throws Failure `NotFound` where the run has ended. */
export async function cancelRun({ client }: Desk, runId: string): Promise<Cancelled> {
  const run = client.workflow.getHandle(runId);
  const { status } = await run.describe();
  if (status.name === 'CANCELLED') return 'already';
  if (status.name !== 'RUNNING') throw new Failure('NotFound', endedAlready(runId));
  await run.cancel();
  return 'requested';
}
