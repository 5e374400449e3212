import { Failure } from '../domain/failure.ts';
import { runPlace } from '../domain/layout.ts';
import { quantity } from '../domain/quantity.ts';
import { SECOND_MS } from '../domain/units.ts';
import { readFrozenTiles } from './frozen-tiles.ts';
import { startGathered } from './launch.ts';
import { lookAt, type Look } from './look.ts';
import { UNFROZEN_EVERY_MS, waitAgain, type Table } from './table.ts';
import { LONG_UNFROZEN_MS, type TrackedRun } from './tracked-run.ts';

/** Looks after open runs: once a run's input is frozen its messages are done with. */

const OPEN_EVERY_MS = 5 * SECOND_MS;

function settleRun(table: Table, run: TrackedRun): number {
  const deliveries = run.entries.flatMap((entry) => entry.deliveries);
  for (const delivery of deliveries) table.deliveries.settle(delivery);
  waitAgain(table, run.waiting);
  run.entries = [];
  run.waiting = [];
  return new Set(deliveries).size;
}

async function isFrozen(table: Table, run: TrackedRun): Promise<boolean> {
  const { ports, settings } = table;
  run.frozen ??= await readFrozenTiles(ports.store, runPlace(settings.spec.output.uri, run.runId), run.tiles.size);
  return run.frozen !== null;
}

function untrack(table: Table, run: TrackedRun): void {
  table.runs = table.runs.filter((other) => other !== run);
  table.ended.add(run.claim);
  waitAgain(table, run.waiting);
  run.waiting = [];
}

async function tendFrozen(table: Table, run: TrackedRun): Promise<void> {
  run.lookAtMs = table.ports.clock.monotonicMs() + OPEN_EVERY_MS;
  if ((await lookAt(table, run)) === 'open') return;
  untrack(table, run);
  if (run.own) table.ports.tell(`run ${run.runId}: ended`);
}

function endedTooSoon({ runId }: TrackedRun): Failure {
  return new Failure(
    'Internal',
    `Run ${runId} ended before its tiles were frozen, as a cancelled run does; their messages stay on the queue. Start the intake again to take them in, or remove them from the queue.`,
  );
}

/** Whoever announced it may be gone, or may start it as well: once or twice is the same. */
function takeOver(run: TrackedRun): void {
  run.own = true;
  run.started = false;
}

/** Of a run that is not open, and has no frozen input. */
function tendUnbegun(table: Table, run: TrackedRun, look: Look): void {
  if (look === 'ended' && run.own) throw endedTooSoon(run);
  if (look === 'ended') untrack(table, run);
  // As long as nothing waits for it, it is for others to start: their messages come again.
  else if (run.own || run.waiting.length > 0) takeOver(run);
}

/** Mostly nobody works: whoever looks at the intake alone would see nothing. */
function tellLate({ ports }: Table, run: TrackedRun): void {
  if (!run.own || run.tellAtMs === null || ports.clock.monotonicMs() < run.tellAtMs) return;
  run.tellAtMs = null;
  const late = `run ${run.runId}: its tiles are not frozen after ${LONG_UNFROZEN_MS / SECOND_MS} s, and its messages are kept;`;
  ports.tell(`${late} \`tilescribe status ${run.runId}\` says what it waits for`);
}

async function tendUnfrozen(table: Table, run: TrackedRun): Promise<void> {
  const { clock, tell } = table.ports;
  run.lookAtMs = clock.monotonicMs() + UNFROZEN_EVERY_MS;
  const look = await lookAt(table, run);
  if (await isFrozen(table, run)) {
    const messages = settleRun(table, run);
    run.lookAtMs = clock.monotonicMs();
    if (run.own)
      tell(`run ${run.runId}: has its ${quantity(run.tiles.size, 'tile')}; ${quantity(messages, 'message')} done with`);
  } else if (look === 'open') tellLate(table, run);
  else tendUnbegun(table, run, look);
}

/** Starts, looks at and lets go of runs, those that are due. @throws Failure, ObjectStoreError */
export async function tendRuns(table: Table): Promise<void> {
  for (const run of table.runs) {
    if (run.lookAtMs > table.ports.clock.monotonicMs()) continue;
    if (!run.started) await startGathered(table, run);
    if (run.frozen === null) await tendUnfrozen(table, run);
    else await tendFrozen(table, run);
  }
}
