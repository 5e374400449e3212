import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { Sighting } from '../adapters/temporal/sighting.ts';
import type { DateFigures, DateState, Seen } from '../domain/backfill.ts';
import { Failure } from '../domain/failure.ts';
import { PATHS } from '../domain/layout.ts';
import { liveStatus, withBeats } from '../domain/live.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { RunManifest } from '../domain/run.ts';
import { specIdentity, type RunSpec } from '../domain/spec.ts';
import { oneLine } from '../domain/terminal.ts';
import { parseRun } from '../schema/run.ts';
import { specDifferences } from '../schema/spec.ts';
import { storedJson } from '../schema/stored-json.ts';
import type { RunOutput } from './run-output.ts';
import { readManifest } from './stored-run.ts';

/** A run as a backfill would start it. */
export interface ExpectedRun {
  readonly runId: string;
  readonly spec: RunSpec;
  /** Where it writes; what cannot be read from here says null. */
  readonly output: RunOutput;
}

/** How the enumeration says that a prefix is empty, or has nothing but other things. */
const NO_TILES = /^No tiles in /u;
const LONGEST = 300;
const UNKNOWN: Seen = { state: 'new', figures: null, reason: null, closed: false };

function figuresOf({ inputs, ok, failed }: RunStatus): DateFigures {
  return { tiles: inputs, ok, failed, takenOver: null, endedAt: null };
}

/** @returns that the id of a run is taken, and what to do. */
export function otherSpec(runId: string, why: string): Failure {
  const todo = 'Give this backfill another --name; what is the same is taken over from the earlier runs.';
  return new Failure('InvalidSpec', `Run ${runId} is there with another spec: ${why}. ${todo}`);
}

function requireOwn({ runId, output }: ExpectedRun, status: RunStatus): void {
  if (status.output === null || status.output === output.uri) return;
  throw otherSpec(runId, `it writes to ${status.output}, not to ${output.uri}`);
}

async function requireSame({ runId, spec, output }: ExpectedRun): Promise<void> {
  const text = await output.text(PATHS.run);
  if (text === null) return;
  const uri = output.uri + PATHS.run;
  const there = parseRun(storedJson(text, uri), uri);
  if (specIdentity(there.spec) === specIdentity(spec)) return;
  const fields = oneLine(specDifferences(there.spec, spec).join(', '), LONGEST);
  throw otherSpec(runId, `they differ in ${fields} (${uri} has what it asked)`);
}

const CLOSED_STATES = { complete: 'complete', cancelled: 'cancelled', failed: 'failed' } as const satisfies Record<
  RunManifest['state'],
  DateState
>;
const OUT_OF_BALANCE = 'its output is out of balance; manifest.json names what is missing';

function closedSeen(manifest: RunManifest): Seen {
  const { state, unfinished, inputs, ok, failed, harvest, ended_at: endedAt } = manifest;
  const figures = { tiles: inputs, ok, failed, takenOver: harvest.records, endedAt };
  const isCut = state === 'complete' && unfinished > 0;
  const reason = state === 'failed' ? OUT_OF_BALANCE : null;
  return { state: isCut ? 'unfinished' : CLOSED_STATES[state], figures, reason, closed: true };
}

function endedSeen(status: RunStatus): Seen {
  const { state, expected, ok, failed, skipped } = status;
  const known = state === 'complete' || state === 'cancelled' ? state : 'failed';
  const isCut = known === 'complete' && ok + failed + skipped < expected;
  const reason = known === 'failed' ? OUT_OF_BALANCE : null;
  return { state: isCut ? 'unfinished' : known, figures: figuresOf(status), reason, closed: true };
}

async function withoutManifest(client: RunClient, run: ExpectedRun): Promise<Seen> {
  const ending = await client.ending(run.runId);
  if (ending.kind === 'cancelled') return { ...UNKNOWN, state: 'cancelled', closed: true };
  if (ending.kind === 'ended') {
    requireOwn(run, ending.status);
    return endedSeen(ending.status);
  }
  const { kind, message } = ending.failure;
  return { ...UNKNOWN, state: kind === 'NotFound' && NO_TILES.test(message) ? 'no_tiles' : 'failed', reason: message };
}

async function openSeen(client: RunClient, run: ExpectedRun, { beats }: Sighting): Promise<Seen> {
  const known = await client.status(run.runId);
  if (known === null) return { ...UNKNOWN, state: 'open' };
  const status = liveStatus(known, withBeats(new Map(), beats), beats);
  requireOwn(run, status);
  const [halted] = status.halted_services;
  const reason = status.state === 'halted' ? (halted?.message ?? status.reason) : null;
  return { state: status.state === 'halted' ? 'halted' : 'open', figures: figuresOf(status), reason, closed: false };
}

/** @returns null where Temporal knows of no such run. */
async function sighted(client: RunClient, runId: string): Promise<Sighting | null> {
  try {
    return await client.look(runId);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return null;
    throw error;
  }
}

/** @returns what Temporal and S3 say of a run. @throws Failure `InvalidSpec` where it asks something else. */
export async function seenRun(client: RunClient, run: ExpectedRun): Promise<Seen> {
  const sighting = await sighted(client, run.runId);
  if (sighting?.open === true) return openSeen(client, run, sighting);
  const manifest = await readManifest(run.output);
  if (manifest !== null) {
    await requireSame(run);
    return closedSeen(manifest);
  }
  if (sighting === null) return UNKNOWN;
  return sighting.stopped ? { ...UNKNOWN, state: 'stopped' } : withoutManifest(client, run);
}
