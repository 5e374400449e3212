import { NOT_BUSY } from './busy.ts';
import { NONE_JUDGED } from './failure-window.ts';
import { ambiguousJobs, doubted, intended, newStrand, settled } from './strand.ts';
import type { CallLine, Intent, IntentsHead, SliceHead, StrandState, TakeoverHead } from './log.ts';

/** A log object as read back. */
export type LogObject =
  | { readonly head: TakeoverHead }
  | { readonly head: SliceHead }
  | { readonly head: IntentsHead; readonly intents: readonly Intent[]; readonly calls: readonly CallLine[] };

/** What a log says, and where it ends. */
export interface Folded {
  readonly state: StrandState;
  /** n of the last object; 0 where there is none. */
  readonly n: number;
  /** n of the last slice; 0 where there is none. */
  readonly slice: number;
}

export function emptyFold(firstRange: number): Folded {
  return { state: newStrand(firstRange), n: 0, slice: 0 };
}

const LATER_FIELDS: Pick<StrandState, 'fingerprints' | 'limit' | 'busy' | 'granted' | 'untold'> = {
  fingerprints: [],
  limit: null,
  busy: NOT_BUSY,
  granted: 0,
  untold: false,
};

/** The state as it was written; an earlier version did not know everything. */
function sliceState({ state }: SliceHead): StrandState {
  return { ...LATER_FIELDS, ...state, judged: { ...NONE_JUDGED, ...state.judged } };
}

/**
 * Adds one object of the log. A slice is the whole truth up to itself; intents after it are jobs, owed again, or
 * ambiguous, by what their calls objects say.
 *
 * @param now wall clock, ms: from when what was never sent is owed again.
 */
export function fold(folded: Folded, object: LogObject, now: number): Folded {
  const n = object.head.n;
  if (object.head.kind === 'slice') return { state: sliceState(object.head), n, slice: n };
  if (!('intents' in object)) return { ...folded, n };
  const { began_at_ms: beganAtMs, deadline_at_ms: deadlineAtMs } = object.head;
  const begun = object.intents.reduce((state, intent) => intended(state, intent, { n, beganAtMs, deadlineAtMs }), folded.state);
  const state = object.calls.reduce((next, line) => settled(next, { ref: { n, i: line.i }, line, now }), begun);
  return { ...folded, state, n };
}

/** @returns the state of a successor: submits of which its predecessor left no word are ambiguous from now on. */
export function inherited(folded: Folded, now: number): StrandState {
  const fresh = ambiguousJobs(folded.state).filter((job) => job.n > folded.slice);
  return fresh.reduce((state, job) => doubted(state, job, now), folded.state);
}
