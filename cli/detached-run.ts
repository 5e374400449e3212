import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStatus } from '../domain/progress.ts';
import { oneLine } from '../domain/terminal.ts';
import { ownAssumptions } from './assumed.ts';
import type { AttachedRun } from './attached-run.ts';
import { glance, type Glance } from './glance.ts';

/** A run that is left alone as soon as it is known to have begun. */

const LOOK_EVERY_MS = 200;
const LOOK_FOR_MS = 10_000;
const REASON_LENGTH = 300;

/** Its spec, its services and both places in S3 were checked; or nobody is there to check them. */
function isDecided(seen: Glance): boolean {
  return seen.kind !== 'open' || seen.status === null || seen.status.output !== null;
}

async function firstNews({ client, runId }: AttachedRun): Promise<Glance> {
  const end = performance.now() + LOOK_FOR_MS;
  for (;;) {
    const seen = await glance(client, runId, null);
    if (isDecided(seen) || performance.now() > end) return seen;
    await sleep(LOOK_EVERY_MS);
  }
}

/** @returns why it has not begun; nothing where it has. */
function remarks(seen: Glance): string[] {
  if (seen.kind !== 'open' || (seen.status !== null && seen.status.output !== null)) return [];
  if (seen.status === null) return ['no worker has looked at it yet: start one with `tilescribe worker`'];
  return seen.waitingFor.map((reason) => `it waits: ${oneLine(reason, REASON_LENGTH)}`);
}

function statusOf(seen: Glance): RunStatus | null {
  return seen.kind === 'open' || seen.kind === 'ended' ? seen.status : null;
}

/** Prints the id of a run that was started. @returns 0. @throws the failure of a run that could not begin. */
export async function leave(started: AttachedRun): Promise<number> {
  const { runId, spec, configuration, screen } = started;
  const seen = await firstNews(started);
  if (seen.kind === 'failed') throw seen.failure;
  for (const remark of remarks(seen)) screen.note(remark);
  for (const assumed of ownAssumptions(configuration, spec, null)) screen.note(assumed);
  // Nothing but the id: scripts keep what is printed.
  if (!screen.json) screen.line(runId);
  screen.result({ run_id: runId, state: statusOf(seen)?.state ?? 'enumerating' });
  return 0;
}
