import { backfillRunId, countDates, nominalOf, type BackfillPlan } from './backfill-dates.ts';
import { dateText, plusDays } from './calendar.ts';

/** What is known of the runs of dates that have passed, and what to do next: one run for each, a few at once. */

/**
 * What the run of a date is. `new`: nobody knows of one. `stopped`: its workflow was terminated; it goes on under the
 * same id. `unfinished`: its window ended before everything was asked. `no_tiles`: there was nothing to ask about.
 */
export type DateState = 'new' | 'stopped' | 'open' | 'halted' | 'complete' | 'unfinished' | 'no_tiles' | 'failed' | 'cancelled';

/** What a backfill does about a state. */
type Phase = 'due' | 'open' | 'ended';
const PHASES = {
  new: 'due',
  stopped: 'due',
  open: 'open',
  halted: 'open',
  complete: 'ended',
  unfinished: 'ended',
  no_tiles: 'ended',
  failed: 'ended',
  cancelled: 'ended',
} as const satisfies Record<DateState, Phase>;

/** What a run came to, or has come to so far. */
export interface DateFigures {
  readonly tiles: number;
  readonly ok: number;
  readonly failed: number;
  /** Records of earlier runs; null where that is not known. */
  readonly takenOver: number | null;
  /** ISO 8601; null while it is open, or where that is not known. */
  readonly endedAt: string | null;
}

/** What one look at the run of a date shows. */
export interface Seen {
  readonly state: DateState;
  readonly figures: DateFigures | null;
  /** Why it failed or waits, for people. */
  readonly reason: string | null;
  /** It has its manifest.json: what is left of it is asked under another id. */
  readonly closed: boolean;
}

/** A date with its run. */
export interface DateRun extends Seen {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** The moment that the run stands for. */
  readonly nominalMs: number;
  /** From 1 on; later ones ask what was left by a run that is closed. */
  readonly attempt: number;
  readonly runId: string;
}

const NEVER_SEEN: Seen = { state: 'new', figures: null, reason: null, closed: false };

/** @returns every date with its run, the oldest first; nothing is known of them yet. A day that a zone has left out has none. */
export function datesOf(plan: BackfillPlan): DateRun[] {
  const days = Array.from({ length: Math.max(0, countDates(plan)) }, (_, day) => plusDays(plan.from, day));
  return days.flatMap((date) => {
    const nominalMs = nominalOf(date, plan);
    if (nominalMs === null) return [];
    return { ...NEVER_SEEN, date: dateText(date), nominalMs, attempt: 1, runId: backfillRunId(plan.name, nominalMs, 1) };
  });
}

/** @returns the date with the next of its runs, which nobody has looked for yet. */
export function nextAttempt(run: DateRun, name: string): DateRun {
  const attempt = run.attempt + 1;
  return { ...run, ...NEVER_SEEN, attempt, runId: backfillRunId(name, run.nominalMs, attempt) };
}

/** @returns the date as it is to be asked again: complete and open ones stay as they are, closed ones get another id. */
export function askedAgain(run: DateRun, name: string): DateRun {
  if (run.state === 'complete' || phaseOf(run) !== 'ended') return run;
  return run.closed ? nextAttempt(run, name) : { ...run, ...NEVER_SEEN };
}

export function phaseOf({ state }: Pick<DateRun, 'state'>): Phase {
  return PHASES[state];
}

/** Where a backfill is. */
export interface BackfillProgress {
  readonly runs: readonly DateRun[];
  /** Runs that failed one after the other since this backfill began. */
  readonly failedInARow: number;
}

/** @returns the progress with what was seen of one date. */
export function withSeen({ runs, failedInARow }: BackfillProgress, run: DateRun): BackfillProgress {
  const inARow = run.state === 'failed' ? failedInARow + 1 : phaseOf(run) === 'ended' ? 0 : failedInARow;
  return { runs: runs.map((known) => (known.date === run.date ? run : known)), failedInARow: inARow };
}

export interface BackfillRules {
  /** The most runs that are open at once. */
  readonly atOnce: number;
  readonly newestFirst: boolean;
}

/** Why a backfill has nothing more to do. */
export type BackfillEnd = 'done' | 'halted' | 'given_up';

/** What to do now: runs to be started, or why it is over; neither: wait. */
export interface BackfillStep {
  readonly start: readonly DateRun[];
  readonly over: BackfillEnd | null;
}

/** All dates ask with one spec: what so many of them run into, the others would. */
export const GIVES_UP_AFTER = 3;

const WAIT: BackfillStep = { start: [], over: null };

/** @returns what to do next. Never more than `atOnce` are open by it; what others have opened counts. */
export function nextStep({ runs, failedInARow }: BackfillProgress, { atOnce, newestFirst }: BackfillRules): BackfillStep {
  const open = runs.filter((run) => phaseOf(run) === 'open');
  const due = runs.filter((run) => phaseOf(run) === 'due');
  if (failedInARow >= GIVES_UP_AFTER && due.length > 0) return open.length === 0 ? { start: [], over: 'given_up' } : WAIT;
  const start = (newestFirst ? due.toReversed() : due).slice(0, Math.max(0, atOnce - open.length));
  if (start.length > 0) return { start, over: null };
  if (open.length === 0) return { start: [], over: 'done' };
  return open.every(({ state }) => state === 'halted') ? { start: [], over: 'halted' } : WAIT;
}

/** @returns seconds until the dates that are left have ended, as fast as those that ended; null while none has. */
export function secondsLeft({ ended, left, elapsedMs }: { ended: number; left: number; elapsedMs: number }): number | null {
  return ended === 0 ? null : Math.round((elapsedMs / 1_000 / ended) * left);
}
