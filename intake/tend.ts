import { Failure } from '../domain/failure.ts';
import { runPlace } from '../domain/layout.ts';
import { quantity } from '../domain/quantity.ts';
import { SECOND_MS } from '../domain/units.ts';
import { readFrozenTiles } from './frozen-tiles.ts';
import { startGathered } from './launch.ts';
import { lookAt } from './look.ts';
import type { RunLook } from './ports.ts';
import { UNFROZEN_EVERY_MS, waitAgain, type Table } from './table.ts';
import { LONG_UNFROZEN_MS, type TrackedRun } from './tracked-run.ts';

/** Looks after open runs: once a run's input is frozen its messages are done with. */

const OPEN_EVERY_MS = 5 * SECOND_MS;

/** @returns how many messages nothing of is left. */
function settleRun(table: Table, run: TrackedRun): number {
  const deliveries = run.entries.flatMap((entry) => entry.deliveries);
  const done = deliveries.filter((delivery) => table.deliveries.settle(delivery));
  waitAgain(table, run.waiting);
  run.entries = [];
  run.waiting = [];
  return done.length;
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

/**
 * A run that has its tiles and is not open. One whose workflow failed owns nothing any more: what it has not asked has to
 * be asked by another one. One that Temporal does not know is started again, and goes on.
 */
async function tendLeft(table: Table, run: TrackedRun, look: Exclude<RunLook, 'open'>): Promise<void> {
  if (look === 'unknown') {
    takeOver(run);
    // What waited for it is judged next, and may be all that keeps the intake going.
    return startGathered(table, run);
  }
  untrack(table, run);
  if (look !== 'ended') table.ports.tell(`${failedText(run, look)} ${ASKS_THE_REST}`);
  else if (run.own) table.ports.tell(`run ${run.runId}: ended`);
}

const ASKS_THE_REST = 'What it has not asked comes with no event: `tilescribe run` with this spec asks it.';

function failedText({ runId }: TrackedRun, { message }: Failure): string {
  return message.includes(runId) ? message : `Run ${runId}: ${message}`;
}

async function tendFrozen(table: Table, run: TrackedRun): Promise<void> {
  run.lookAtMs = table.ports.clock.monotonicMs() + OPEN_EVERY_MS;
  const look = await lookAt(table, run.runId);
  if (look !== 'open') await tendLeft(table, run, look);
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

/** Of a run that is not open, and has no frozen input; one of somebody else that could not begin is theirs to tell. */
function tendUnbegun(table: Table, run: TrackedRun, look: Exclude<RunLook, 'open'>): void {
  if (run.own && look instanceof Failure) throw new Failure(look.kind, failedText(run, look), { cause: look });
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

/** Its messages are done with. What waited for that is judged once it is known whether the run goes on. */
async function tendFrozenNow(table: Table, run: TrackedRun, look: RunLook): Promise<void> {
  const { clock, tell } = table.ports;
  const messages = settleRun(table, run);
  if (run.own) tell(`run ${run.runId}: has its ${quantity(run.tiles.size, 'tile')}; ${quantity(messages, 'message')} done with`);
  run.lookAtMs = clock.monotonicMs();
  if (look !== 'open') await tendLeft(table, run, look);
}

async function tendUnfrozen(table: Table, run: TrackedRun): Promise<void> {
  run.lookAtMs = table.ports.clock.monotonicMs() + UNFROZEN_EVERY_MS;
  const look = await lookAt(table, run.runId);
  if (await isFrozen(table, run)) await tendFrozenNow(table, run, look);
  else if (look === 'open') tellLate(table, run);
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
