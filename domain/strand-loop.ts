import { CLUSTER_BYTES, type Cluster, travelling } from './clusters.ts';
import type { Halt } from './halt.ts';
import type { Tallies } from './log.ts';

/** What the last slice of a strand left, as far as its loop goes by it. */
export interface LastSlice {
  readonly slice: number;
  readonly tallies: Tallies;
  /** What the errors say, as much of it as may travel; not there in the history of an earlier version. */
  readonly fingerprints?: readonly Cluster[];
  readonly inFlight: number;
  readonly passed: number;
  readonly done: boolean;
  /** Done with tasks left: what had not begun would not have been done within the run's window. */
  readonly cut?: true;
  readonly waitMs: number;
  readonly halt: Halt | null;
  readonly reason: string | null;
  readonly held: number;
  readonly waiting: boolean;
}

/** What a slice is for: `work` asks and collects, `collect` only collects, `abandon` records what is left as cancelled. */
export type Mode = 'work' | 'collect' | 'abandon';

/** One strand's loop in a run's workflow; plain JSON, so that it passes through continue-as-new. */
export interface StrandLoop {
  readonly lane: string;
  readonly strand: number;
  turn: number;
  /** What the last turn was for. */
  mode: Mode | null;
  last: LastSlice | null;
  /** The next turn begins with a fresh count of failures. */
  resumed: boolean;
  /** An order came, and the slice died before it told its end: what it left in flight only the log knows. */
  unheard?: boolean;
}

/** What a run's workflow wants of a strand at this moment. */
export interface Orders {
  readonly paused: boolean;
  /** Collecting may go on until `collect` is false. */
  readonly cancelling: { readonly collect: boolean } | null;
  /** The lane's halt, by whichever of its strands. */
  readonly halt: Halt | null;
  /** No new turn begins: the workflow continues as new. */
  readonly closing: boolean;
}

export type Step = Mode | 'rest' | 'over';

/** Whether a strand that may not ask has still something to collect, or a lease to give back. */
function collects(loop: StrandLoop, halt: Halt | null): Step {
  if (halt?.blind === true) return 'rest';
  if (loop.unheard === true) return 'collect';
  if (loop.last === null) return 'rest';
  const emptied = loop.mode === 'collect' && loop.last.inFlight === 0;
  return emptied ? 'rest' : 'collect';
}

/** @returns what a strand's loop does next. */
export function nextStep(loop: StrandLoop, orders: Orders): Step {
  if (loop.last?.done === true || orders.closing) return 'over';
  if (orders.cancelling !== null) {
    const something = loop.unheard === true || (loop.last?.inFlight ?? 0) > 0;
    return something && orders.cancelling.collect && orders.halt === null ? 'collect' : 'abandon';
  }
  return orders.paused || orders.halt !== null ? collects(loop, orders.halt) : 'work';
}

/**
 * A slice that only collects does not ask what halted its lane, so that its silence ends no halt: `resume` does, and
 * where that came during the slice it is newer than what the slice saw.
 *
 * @returns the halt of a strand after a slice.
 */
export function haltAfter(loop: StrandLoop, mode: Mode, result: LastSlice): Halt | null {
  if (loop.resumed) return null;
  return result.halt ?? (mode === 'work' ? null : (loop.last?.halt ?? null));
}

/** @returns whether every lane has a record for every tile and task of a range. */
export function rangeReady(
  loops: readonly StrandLoop[],
  lanes: readonly { readonly service: string; readonly strands: number }[],
  range: number,
): boolean {
  return lanes.every(({ service, strands }) => {
    const owner = loops.find(({ lane, strand }) => lane === service && strand === range % strands);
    return (owner?.last?.passed ?? 0) > Math.floor(range / strands);
  });
}

/** @returns the loops of a run that begins. */
export function loopsOf(lanes: readonly { readonly service: string; readonly strands: number }[]): StrandLoop[] {
  return lanes.flatMap(({ service, strands }) =>
    Array.from({ length: strands }, (_, strand) => ({ lane: service, strand, turn: 0, mode: null, last: null, resumed: false })),
  );
}

/** @returns the loops as they pass through continue-as-new: all that their errors say together takes 4 KiB. */
export function lightened(loops: readonly StrandLoop[]): StrandLoop[] {
  const bytes = Math.floor(CLUSTER_BYTES / Math.max(1, loops.length));
  return loops.map((loop) => {
    const { last } = loop;
    if (last?.fingerprints === undefined) return loop;
    return { ...loop, last: { ...last, fingerprints: travelling(last.fingerprints, bytes) } };
  });
}
