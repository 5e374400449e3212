import { setTimeout as sleep } from 'node:timers/promises';
import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { Failure } from '../domain/failure.ts';
import { liveStatus, withBeats, type Beats } from '../domain/live.ts';
import type { RunStatus } from '../domain/progress.ts';
import { glance, type Glance } from './glance.ts';
import { aborted } from './interruption.ts';
import type { ProgressView } from './progress-view.ts';

/** How following a run ended. */
export type Followed =
  | { readonly kind: 'ended'; readonly status: RunStatus }
  | { readonly kind: 'halted'; readonly status: RunStatus }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'detached' };

export interface Following {
  readonly client: RunClient;
  readonly runId: string;
  readonly view: ProgressView;
  /** Aborted by Ctrl-C: the run goes on. */
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 1_000;

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Shows a run's progress until it ends or halts, or until nobody wants to see it any more. */
export async function follow({ client, runId, view, signal }: Following): Promise<Followed> {
  const stopped = aborted(signal).then(() => null);
  let beats: Beats = new Map();
  let last: RunStatus | null = null;
  for (;;) {
    const seen: Glance | null = await Promise.race([glance(client, runId, last), stopped]);
    if (seen === null) return { kind: 'detached' };
    if (seen.kind === 'ended' || seen.kind === 'failed') return seen;
    if (seen.kind === 'away') view.away(seen.sentence);
    else {
      beats = withBeats(beats, seen.beats);
      last = seen.status ?? last;
      await view.seen(seen.status && liveStatus(seen.status, beats, seen.beats), seen.waitingFor);
      if (seen.status?.state === 'halted') return { kind: 'halted', status: seen.status };
      if (view.isStill()) view.unserved(await client.unservedRoles().catch(() => []));
    }
    await rest(LOOK_EVERY_MS, signal);
  }
}
