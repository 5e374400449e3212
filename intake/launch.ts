import { createHash } from 'node:crypto';
import { batchIdText, intakeRunId, intakeSpec, type BatchTile } from '../domain/intake-batch.ts';
import { withDropped, type EventDrop } from '../domain/intake-counts.ts';
import { withClaim } from '../domain/intake-register.ts';
import { runPlace } from '../domain/layout.ts';
import { quantity } from '../domain/quantity.ts';
import { wasCancelledEarly } from './frozen-tiles.ts';
import type { Entry } from './pending.ts';
import { readRegister, replaceRegister, trackClaims } from './register.ts';
import { ownRuns, waitAgain, type Table } from './table.ts';
import { putTileList } from './tile-list.ts';
import { judged, trackedRun, type TrackedRun } from './tracked-run.ts';

/** What waits becomes a run, but for what an open run asks about already. */

function settleAll(table: Table, { deliveries }: Entry, why: EventDrop): void {
  table.counts = withDropped(table.counts, why);
  for (const delivery of deliveries) table.deliveries.settle(delivery);
}

/** @returns what a new run has to ask about. */
function unowned(table: Table, entries: readonly Entry[]): Entry[] {
  return entries.filter((entry) => {
    if (entry.event.change === 'deleted') {
      settleAll(table, entry, 'deleted');
      return false;
    }
    const verdict = judged(entry.event, table.runs);
    if (verdict === 'owned') settleAll(table, entry, 'owned');
    else if (verdict !== 'new') verdict.waiting.push(entry);
    return verdict === 'new';
  });
}

async function runIdOf({ ports, settings: { spec } }: Table, tiles: readonly BatchTile[]): Promise<string> {
  for (let cancelled = 0; ; cancelled += 1) {
    const sha256 = createHash('sha256').update(batchIdText({ tiles, spec, cancelled })).digest('hex');
    const runId = intakeRunId(spec.dataset, sha256);
    if (!(await wasCancelledEarly(ports.store, runPlace(spec.output.uri, runId), tiles.length))) return runId;
  }
}

/**
 * Puts the list of a batch and announces its run. What the register names is known by then, and nobody has added to it
 * since: no object is in two runs of it.
 *
 * @returns null where another intake has announced a run meanwhile.
 */
async function claimed(
  table: Table,
  entries: readonly Entry[],
  read: Awaited<ReturnType<typeof readRegister>>,
): Promise<TrackedRun | null> {
  const { ports, settings } = table;
  const tiles = entries.map(({ event }) => event);
  const runId = await runIdOf(table, tiles);
  await putTileList(ports.store, { outputUri: settings.spec.output.uri, runId }, tiles);
  const claim = { n: read.register.next, runId };
  const register = withClaim(read.register, runId, table.ended);
  if (!(await replaceRegister(table, { register, etag: read.etag }))) return null;
  return trackedRun(claim, tiles, { own: true, entries, lookAtMs: ports.clock.monotonicMs() });
}

/** Puts a batch of what waits together as a run that is yet to be started. @throws Failure, ObjectStoreError */
export async function gatherRun(table: Table): Promise<void> {
  let entries = table.pending.take(table.settings.batch);
  try {
    for (let run: TrackedRun | null = null; run === null;) {
      const read = await readRegister(table);
      await trackClaims(table, read.register);
      entries = unowned(table, entries);
      if (entries.length === 0) return;
      run = await claimed(table, entries, read);
      if (run !== null) table.runs = [...table.runs, run];
    }
  } catch (error) {
    waitAgain(table, entries);
    throw error;
  }
}

/** Starts a run that was announced; any number of times is once. @throws Failure, ObjectStoreError */
export async function startGathered(table: Table, run: TrackedRun): Promise<void> {
  const { ports, settings } = table;
  await ports.runs.start(run.runId, intakeSpec(settings.spec, run.runId));
  run.started = true;
  const { counts } = table;
  table.counts = { ...counts, runs: counts.runs + 1, tiles: counts.tiles + run.tiles.size };
  ports.tell(`run ${run.runId}: started with ${quantity(run.tiles.size, 'tile')}, ${ownRuns(table).length} open`);
}
