import { quantity } from '../domain/quantity.ts';
import { clamp, MINUTE_MS, SECOND_MS, sum } from '../domain/units.ts';
import { keepingHeld } from './keeper.ts';
import { gatherRun } from './launch.ts';
import { isAway, isQueueProblem } from './away.ts';
import type { IntakeEnd, IntakePorts, IntakeSettings } from './ports.ts';
import { receiveMore } from './receive.ts';
import { newTable, ownRuns, type Table } from './table.ts';
import { tendRuns } from './tend.ts';

/** Events of a queue into runs, until it is told to stop. */

/** A stop waits for it: what comes meanwhile would be nobody's for a while. */
const LONGEST_WAIT_MS = 5 * SECOND_MS;
const SHORTEST_WAIT_MS = 200;
const ONCE_WAIT_MS = 2 * SECOND_MS;
const AWAY_WAIT_MS = 5 * SECOND_MS;
const AWAY_MOST_MS = 10 * MINUTE_MS;
const STOP_WITHIN_MS = 20 * SECOND_MS;

async function settle(table: Table): Promise<void> {
  await tendRuns(table);
  const removed = await table.deliveries.removeSettled();
  table.counts = { ...table.counts, removed: table.counts.removed + removed };
}

function mayOpen(table: Table): boolean {
  return ownRuns(table).length < table.settings.runs;
}

function isFull({ pending, settings }: Table): boolean {
  return pending.size >= settings.batch;
}

/** @returns when the oldest tile has waited long enough; null where none waits. */
function dueAtMs({ pending, settings }: Table): number | null {
  const oldest = pending.oldestMs();
  return oldest === null ? null : oldest + settings.everyMs;
}

/** @returns how long nothing has to be done, ms. */
function restMs(table: Table, mostMs: number): number {
  const now = table.ports.clock.monotonicMs();
  const due = mayOpen(table) ? (dueAtMs(table) ?? Infinity) : Infinity;
  const next = Math.min(due, ...table.runs.map(({ lookAtMs }) => lookAtMs));
  return clamp(next - now, SHORTEST_WAIT_MS, mostMs);
}

/** @returns whether something waits for a run and shall wait no longer. */
function isDue(table: Table, drained: boolean): boolean {
  const { pending, ports } = table;
  if (pending.size === 0) return false;
  return isFull(table) || drained || (dueAtMs(table) ?? Infinity) <= ports.clock.monotonicMs();
}

async function gather(table: Table, drained: boolean): Promise<void> {
  while (isDue(table, drained) && mayOpen(table)) {
    await gatherRun(table);
    await settle(table);
  }
}

/** @returns why nothing more is received; null where nothing is in the way. */
function stalledBy(table: Table): string | null {
  if (!mayOpen(table)) return `${quantity(ownRuns(table).length, 'run')} open, the most at once`;
  const waiting = sum(table.runs.map((run) => run.waiting.length));
  // What is held is kept from others and in memory.
  return waiting < table.settings.batch ? null : `${quantity(waiting, 'object')} of open runs changed again, or came twice`;
}

/** Nothing is received meanwhile. @param told once. @returns false: whether nothing is there nobody knows. */
async function rest(table: Table, stalled: NonNullable<Table['stalled']>, told: string): Promise<false> {
  const { ports, settings } = table;
  if (table.stalled !== stalled) ports.tell(told);
  table.stalled = stalled;
  await ports.clock.sleep(restMs(table, LONGEST_WAIT_MS), settings.signal);
  return false;
}

/** Waits for messages; where no more are to be held, for a run to end. @returns whether none came. */
async function more(table: Table): Promise<boolean> {
  const why = stalledBy(table);
  if (why !== null) return rest(table, 'held', `${why}: nothing is received until one has ended`);
  try {
    const came = await receiveMore(table, restMs(table, table.settings.once ? ONCE_WAIT_MS : LONGEST_WAIT_MS));
    table.stalled = null;
    return came === 0;
  } catch (error) {
    if (!isQueueProblem(error, 'full')) throw error;
    return rest(table, 'full', `${error.message} Open runs are looked after meanwhile, and it is tried again.`);
  }
}

/** Runs that are looked after let go of messages: that does not wait for a queue that is away. */
async function moreOrAway(table: Table): Promise<{ readonly drained: boolean; readonly away: unknown }> {
  try {
    return { drained: await more(table), away: null };
  } catch (error) {
    if (!isAway(error)) throw error;
    return { drained: false, away: error };
  }
}

function isDone({ settings, deliveries, pending }: Table, drained: boolean): boolean {
  return settings.once && drained && deliveries.size === 0 && pending.size === 0;
}

/** One round of everything. @returns whether the intake is done. */
async function round(table: Table): Promise<boolean> {
  if (table.refused !== null) throw table.refused;
  const { drained, away } = await moreOrAway(table);
  if (table.settings.signal.aborted) return true;
  await settle(table);
  await gather(table, drained && table.settings.once);
  if (away !== null) throw away;
  return isDone(table, drained);
}

/** Something that is away is waited for, for a while. */
async function rounds(table: Table): Promise<void> {
  const { clock, tell } = table.ports;
  let awaySinceMs: number | null = null;
  while (!table.settings.signal.aborted) {
    try {
      if (await round(table)) return;
      awaySinceMs = null;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (awaySinceMs === null) tell(`${(error as Error).message} It is tried again.`);
      awaySinceMs ??= clock.monotonicMs();
      if (clock.monotonicMs() - awaySinceMs >= AWAY_MOST_MS) throw error;
      await clock.sleep(AWAY_WAIT_MS, table.settings.signal);
    }
  }
}

/** Lets started runs freeze their tiles, for a while. */
async function stop(table: Table): Promise<void> {
  const { clock } = table.ports;
  table.runs = table.runs.filter(({ started }) => started);
  const end = clock.monotonicMs() + STOP_WITHIN_MS;
  const unfrozen = (): boolean => ownRuns(table).some(({ frozen }) => frozen === null);
  await settle(table);
  while (unfrozen() && clock.monotonicMs() < end) {
    await clock.sleep(SHORTEST_WAIT_MS);
    await settle(table);
  }
}

/** What cannot be given back comes again by itself. */
function unlessAway(error: unknown): void {
  if (!isAway(error)) throw error;
}

/** Whatever ends it, others get at once what no run has. */
async function toItsEnd(table: Table): Promise<void> {
  const { settings, deliveries } = table;
  try {
    await rounds(table);
    if (settings.signal.aborted) await stop(table).catch(unlessAway);
  } catch (error) {
    await deliveries.giveBack().catch(() => undefined);
    throw error;
  }
  await deliveries.giveBack().catch(unlessAway);
}

/**
 * Takes the events of a queue in: tiles within the filters become runs, and a message is removed once the run that owns
 * its tiles has them in its frozen manifest, or once nothing is to be asked for it. Whatever is lost on the way comes
 * again, and what a run asks about already is not asked again.
 *
 * @throws Failure, ObjectStoreError, EventQueueError; what was not removed stays on the queue.
 */
export async function takeIn(ports: IntakePorts, settings: IntakeSettings): Promise<IntakeEnd> {
  const table = newTable(ports, settings);
  await keepingHeld(table, () => toItsEnd(table));
  return { counts: table.counts, open: ownRuns(table).map(({ runId }) => runId) };
}
