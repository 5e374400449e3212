import type { RunClient } from '../adapters/temporal/run-client.ts';
import { Failure } from '../domain/failure.ts';
import type { StrandBeat } from '../domain/live.ts';
import type { RunStatus } from '../domain/progress.ts';
import { readableFromHere } from './run-output.ts';
import { readStoredStatus } from './stored-run.ts';

/** What one look at a run shows. */
export type Glance =
  /** Temporal cannot be reached; the run goes on without us. */
  | { readonly kind: 'away'; readonly sentence: string }
  /** No status where no worker answers. */
  | {
      readonly kind: 'open';
      readonly status: RunStatus | null;
      readonly beats: readonly StrandBeat[];
      readonly waitingFor: readonly string[];
    }
  | { readonly kind: 'ended'; readonly status: RunStatus }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What a cancelled run came to: its workflow closes without a result, so its manifest.json has the last word. */
async function cancelledStatus(client: RunClient, runId: string, last: RunStatus | null): Promise<RunStatus> {
  const known = (await client.status(runId)) ?? last;
  const stored = known?.output ? await readableFromHere(known.output, readStoredStatus) : null;
  if (stored !== null) return stored;
  if (known !== null) return { ...known, state: 'cancelled', in_flight: 0 };
  const sentence = `Run ${runId} was cancelled; no worker answers that could say more. Its manifest.json says what it came to.`;
  throw new Failure('Unreachable', sentence);
}

async function ended(client: RunClient, runId: string, last: RunStatus | null): Promise<Glance> {
  const ending = await client.ending(runId);
  if (ending.kind === 'failed') return ending;
  return { kind: 'ended', status: ending.kind === 'ended' ? ending.status : await cancelledStatus(client, runId, last) };
}

/** @param last the status as it was seen before, for what a closed run no longer tells. @throws Failure */
export async function look(client: RunClient, runId: string, last: RunStatus | null): Promise<Glance> {
  const { open, beats, waitingFor } = await client.look(runId);
  return open ? { kind: 'open', status: await client.status(runId), beats, waitingFor } : ended(client, runId, last);
}

/** The same, for whoever looks again and again: a server that is away is no reason to stop. */
export async function glance(client: RunClient, runId: string, last: RunStatus | null): Promise<Glance> {
  try {
    return await look(client, runId, last);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'Unreachable') return { kind: 'away', sentence: error.message };
    throw error;
  }
}
