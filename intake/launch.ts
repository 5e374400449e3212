import { createHash } from 'node:crypto';
import { batchIdText, intakeRunId, intakeRunPrefix, intakeSpec } from '../domain/intake-batch.ts';
import { withDropped, type EventDrop } from '../domain/intake-counts.ts';
import { quantity } from '../domain/quantity.ts';
import type { Entry } from './pending.ts';
import { ownRuns, type Table } from './table.ts';
import { putTileList, readTileList } from './tile-list.ts';
import { judged, trackedRun, type TrackedRun } from './tracked-run.ts';

/** What waits becomes a run, but for what an open run asks about already. */

/** Looks for open runs of other intakes, or of this one before it was started again. */
async function withOthers({ ports, settings, runs }: Table): Promise<readonly TrackedRun[]> {
  const { dataset, output } = settings.spec;
  const open = await ports.runs.openRuns(intakeRunPrefix(dataset));
  const known = new Set(runs.map(({ runId }) => runId));
  const others: TrackedRun[] = [];
  for (const runId of open.filter((id) => !known.has(id))) {
    const tiles = await readTileList(ports.store, { outputUri: output.uri, runId });
    // Another output with runs of the same dataset.
    if (tiles === null) continue;
    others.push(trackedRun(runId, tiles, { own: false, entries: [], lookAtMs: ports.clock.monotonicMs() }));
  }
  return [...runs, ...others];
}

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

/** Puts a batch of what waits together as a run that is yet to be started. @throws Failure, ObjectStoreError */
export async function gatherRun(table: Table): Promise<void> {
  const { ports, settings } = table;
  table.runs = await withOthers(table);
  const entries = unowned(table, table.pending.take(settings.batch));
  if (entries.length === 0) return;
  const tiles = entries.map(({ event }) => event);
  const sha256 = createHash('sha256').update(batchIdText(tiles, settings.spec)).digest('hex');
  const runId = intakeRunId(settings.spec.dataset, sha256);
  const run = trackedRun(runId, tiles, { own: true, entries, lookAtMs: ports.clock.monotonicMs() });
  table.runs = [...table.runs, run];
}

/** Starts a run that was put together; any number of times is once. @throws Failure, ObjectStoreError */
export async function startGathered(table: Table, run: TrackedRun): Promise<void> {
  const { ports, settings } = table;
  const { spec } = settings;
  await putTileList(ports.store, { outputUri: spec.output.uri, runId: run.runId }, [...run.tiles.values()]);
  await ports.runs.start(run.runId, intakeSpec(spec, run.runId));
  run.started = true;
  const { counts } = table;
  table.counts = { ...counts, runs: counts.runs + 1, tiles: counts.tiles + run.tiles.size };
  ports.tell(`run ${run.runId}: started with ${quantity(run.tiles.size, 'tile')}, ${ownRuns(table).length} open`);
}
