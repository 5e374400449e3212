import { Failure } from '../../domain/failure.ts';
import type * as Gpu from '../../domain/gpu.ts';
import type * as Budget from '../../domain/budget.ts';
import type * as Strand from '../../domain/strand.ts';

/** The rules of reliability, each by the trace that it forbids. */
export type Rule =
  | 'reports are ordered by takeover'
  | 'reports are ordered within an attempt'
  | 'nothing is granted during a report'
  | 'every writer has a nonce'
  | 'the 5 s begin with the put'
  | 'the deadline allows for transit'
  | 'calls are read again'
  | 'a task is lost only after its deadlines'
  | 'whoever lost the strand fails'
  | 'a doubt is told before its place is used'
  | 'a job stays charged when its task has ended'
  | 'what never ran is no doubt'
  | 'a request is asked once';

/** The rule that does not hold at this moment. */
export const off: { rule: Rule | null } = { rule: null };

/** Whoever lost the strand does not say so. */
export function unlessLost(error: unknown): void {
  const lost = error instanceof Failure && error.kind === 'StrandLost';
  if (!lost || off.rule !== 'whoever lost the strand fails') throw error;
}

/** The budget takes a report that came too late for one that is new. */
export function budget(real: typeof Budget): typeof Budget {
  return {
    ...real,
    isStale: (state, report) => {
      const last = state.holders[report.holder] ?? state.departed[report.holder];
      if (last === undefined) return real.isStale(state, report);
      const forgiven = report.n < last.n ? 'reports are ordered by takeover' : 'reports are ordered within an attempt';
      return off.rule !== forgiven && real.isStale(state, report);
    },
  };
}

/** An orphan deadline without the time that a request may be under way. */
export function gpu(real: typeof Gpu): typeof Gpu {
  return {
    ...real,
    orphanSeconds: (figures, ...more) =>
      real.orphanSeconds(off.rule === 'the deadline allows for transit' ? { ...figures, requestSeconds: 0 } : figures, ...more),
  };
}

/** Every tile is asked; a task that has ended takes its jobs with it; of calls only those are believed that name a job. */
export function strand(real: typeof Strand): typeof Strand {
  return {
    ...real,
    begun: (state, task, now) => {
      if (off.rule !== 'a request is asked once') return real.begun(state, task, now);
      return { ...state, tasks: [...state.tasks, ...real.begun({ ...state, tasks: [] }, task, now).tasks] };
    },
    ended: (state, ending) => {
      const next = real.ended(state, ending);
      if (off.rule !== 'a job stays charged when its task has ended') return next;
      return { ...next, tasks: next.tasks.filter((task) => !real.samePlace(task, ending)) };
    },
    settled: (state, found) =>
      off.rule === 'what never ran is no doubt' && found.line.outcome !== 'accepted' ? state : real.settled(state, found),
  };
}
