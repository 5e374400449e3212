import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyTime, countDates, type BackfillPlan } from '../../domain/backfill-dates.ts';
import {
  askedAgain,
  datesOf,
  GIVES_UP_AFTER,
  nextStep,
  phaseOf,
  secondsLeft,
  withSeen,
  type BackfillProgress,
  type BackfillRules,
  type DateRun,
  type DateState,
} from '../../domain/backfill.ts';
import { dateAt, dateText, parseDate, type CalendarDate } from '../../domain/calendar.ts';

const date = (text: string): CalendarDate => parseDate(text) ?? { year: 0, month: 0, day: 0 };
const plan = (from: string, to: string, more: Partial<BackfillPlan> = {}): BackfillPlan => ({
  name: 'nightly',
  from: date(from),
  to: date(to),
  at: { hour: 2, minute: 0 },
  timeZone: 'Asia/Kolkata',
  ...more,
});
const ids = (of: BackfillPlan): string[] => datesOf(of).map(({ runId }) => runId);

describe('the dates of a backfill', () => {
  it('have one run each, the first and the last date among them', () => {
    expect(ids(plan('2026-02-28', '2026-03-01'))).toEqual(['nightly-2026-02-27T20:30:00Z', 'nightly-2026-02-28T20:30:00Z']);
    expect(countDates(plan('2024-01-01', '2024-12-31'))).toBe(366);
    expect(datesOf(plan('2026-03-01', '2026-02-28'))).toEqual([]);
  });

  it('have the ids of a schedule where clocks change; a time that is skipped is later, of two the second counts', () => {
    const at = { hour: 2, minute: 30 };
    const berlin = { at, timeZone: 'Europe/Berlin', name: 'b' };
    expect(ids(plan('2026-03-28', '2026-03-30', berlin))).toEqual([
      'b-2026-03-28T01:30:00Z',
      'b-2026-03-29T01:30:00Z',
      'b-2026-03-30T00:30:00Z',
    ]);
    expect(ids(plan('2025-10-25', '2025-10-27', berlin))).toEqual([
      'b-2025-10-25T00:30:00Z',
      'b-2025-10-26T01:30:00Z',
      'b-2025-10-27T01:30:00Z',
    ]);
    const newYork = { at: { hour: 1, minute: 30 }, timeZone: 'America/New_York' };
    expect(ids(plan('2025-11-02', '2025-11-02', newYork))).toEqual(['nightly-2025-11-02T06:30:00Z']);
  });

  it('are each of its own day, also where a skipped time would be later on the next one', () => {
    const nuuk = { at: { hour: 23, minute: 30 }, timeZone: 'America/Nuuk', name: 'n' };
    // Clocks go from 23:00 to midnight there.
    expect(ids(plan('2026-03-27', '2026-03-29', nuuk))).toEqual([
      'n-2026-03-28T01:30:00Z',
      'n-2026-03-29T00:30:00Z',
      'n-2026-03-30T00:30:00Z',
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom('America/Nuuk', 'Pacific/Apia', 'Asia/Beirut', 'Europe/Berlin'),
        fc.nat({ max: 23 }),
        (timeZone, hour) => {
          const at = { hour, minute: 30 };
          for (const [from, to] of [
            ['2011-12-28', '2012-01-02'],
            ['2026-03-25', '2026-04-01'],
            ['2026-10-20', '2026-11-02'],
          ] as const) {
            const dates = datesOf(plan(from, to, { at, timeZone }));
            expect(new Set(dates.map(({ runId }) => runId)).size).toBe(dates.length);
            expect(dates.map(({ nominalMs }) => dateText(dateAt(nominalMs, timeZone)))).toEqual(dates.map((one) => one.date));
          }
        },
      ),
    );
  });

  it('leave out a day that a zone has left out', () => {
    const dates = datesOf(plan('2011-12-29', '2011-12-31', { timeZone: 'Pacific/Apia' }));
    expect(dates.map((one) => one.date)).toEqual(['2011-12-29', '2011-12-31']);
  });

  it('are those of a schedule that comes once a day', () => {
    expect(dailyTime('0 2 * * *')).toEqual({ hour: 2, minute: 0 });
    expect(dailyTime('30 20 * * *')).toEqual({ hour: 20, minute: 30 });
    for (const cron of ['0 2,14 * * *', '*/5 2 * * *', '0 2 * * 1', '0 2 1 * *', '0 0 2 * * *', '0 24 * * *', '@daily'])
      expect(dailyTime(cron)).toBeNull();
  });
});

const run = (state: DateState, more: Partial<DateRun> = {}): DateRun => {
  const [made] = datesOf(plan('2026-01-01', '2026-01-01'));
  if (made === undefined) throw new TypeError('there is one date');
  return { ...made, state, ...more };
};
const runsOf = (...states: DateState[]): DateRun[] => states.map((state, n) => run(state, { date: `2026-01-0${n + 1}` }));
const progressOf = (...states: DateState[]): BackfillProgress => ({ runs: runsOf(...states), failedInARow: 0 });
const OLDEST_FIRST: BackfillRules = { atOnce: 2, newestFirst: false };
const started = (progress: BackfillProgress, rules: BackfillRules = OLDEST_FIRST): string[] =>
  nextStep(progress, rules).start.map((one) => one.date.slice(-2));

describe('what a backfill does next', () => {
  it('begins with the oldest date, or the newest, and goes on with what was terminated', () => {
    expect(started(progressOf('complete', 'stopped', 'new', 'new'))).toEqual(['02', '03']);
    expect(started(progressOf('complete', 'stopped', 'new', 'new'), { atOnce: 2, newestFirst: true })).toEqual(['04', '03']);
  });

  it('counts runs that others have opened', () => {
    expect(started(progressOf('open', 'new', 'new'))).toEqual(['02']);
    expect(nextStep(progressOf('open', 'open', 'open', 'new'), OLDEST_FIRST)).toEqual({ start: [], over: null });
  });

  it('is over when every date has ended, or when nothing goes on until a halted run is resumed', () => {
    expect(nextStep(progressOf('complete', 'no_tiles', 'failed', 'cancelled', 'unfinished'), OLDEST_FIRST).over).toBe('done');
    expect(nextStep(progressOf('halted', 'open', 'new'), OLDEST_FIRST).over).toBeNull();
    expect(nextStep(progressOf('halted', 'halted', 'new'), OLDEST_FIRST)).toEqual({ start: [], over: 'halted' });
    expect(started(progressOf('halted', 'new'))).toEqual(['02']);
  });

  it('gives up once three runs have failed in a row, and waits for what is open', () => {
    let progress = progressOf('open', 'open', 'open', 'open', 'new');
    for (const { date: day } of progress.runs.slice(0, GIVES_UP_AFTER))
      progress = withSeen(progress, run('failed', { date: day }));
    expect(nextStep(progress, OLDEST_FIRST)).toEqual({ start: [], over: null });
    const last = run('complete', { date: '2026-01-04' });
    expect(nextStep(withSeen(progress, { ...last, state: 'cancelled' }), OLDEST_FIRST).over).toBeNull();
    expect(nextStep(withSeen(progress, { ...last, state: 'failed' }), OLDEST_FIRST).over).toBe('given_up');
  });

  it('expects the rest to take as long as what has ended', () => {
    expect(secondsLeft({ ended: 0, left: 5, elapsedMs: 1_000 })).toBeNull();
    expect(secondsLeft({ ended: 4, left: 6, elapsedMs: 120_000 })).toBe(180);
  });
});

describe('dates that are asked again', () => {
  it('go on under the same id where they could not begin, and under the next where a run is closed', () => {
    const again = (state: DateState, closed: boolean) => askedAgain(run(state, { closed, attempt: 2 }), 'nightly');
    expect(again('failed', false)).toMatchObject({ state: 'new', attempt: 2 });
    expect(again('no_tiles', false)).toMatchObject({ state: 'new', attempt: 2 });
    expect(again('cancelled', true)).toMatchObject({ state: 'new', runId: 'nightly-2025-12-31T20:30:00Z-3', closed: false });
    expect(again('unfinished', true)).toMatchObject({ state: 'new', attempt: 3 });
  });

  it.each(['complete', 'open', 'halted', 'new', 'stopped'] as const)('are never those that are %s', (state) => {
    const there = run(state, { closed: state === 'complete' });
    expect(askedAgain(there, 'nightly')).toBe(there);
  });
});

const ENDS: readonly DateState[] = ['complete', 'no_tiles', 'cancelled', 'unfinished'];
const anyState = fc.constantFrom<DateState>('new', 'stopped', 'open', 'complete', 'no_tiles', 'failed', 'cancelled');
const anyRules = fc.record({ atOnce: fc.integer({ min: 1, max: 4 }), newestFirst: fc.boolean() });

/** A world in which open runs end as they like; it counts how often each date was begun. */
class World {
  readonly begun = new Map<string, number>();
  most = 0;
  progress: BackfillProgress;
  constructor(runs: readonly DateRun[]) {
    this.progress = { runs, failedInARow: 0 };
  }
  open(): DateRun[] {
    return this.progress.runs.filter((one) => phaseOf(one) === 'open');
  }
  /** @returns whether it is over. */
  step(rules: BackfillRules, ending: number): boolean {
    const { start, over } = nextStep(this.progress, rules);
    for (const one of start) {
      this.begun.set(one.date, (this.begun.get(one.date) ?? 0) + 1);
      this.progress = withSeen(this.progress, { ...one, state: 'open' });
    }
    this.most = Math.max(this.most, this.open().length);
    const [first] = this.open().slice(ending % Math.max(1, this.open().length));
    if (first !== undefined)
      this.progress = withSeen(this.progress, { ...first, state: ENDS[ending % ENDS.length] ?? 'complete' });
    return over !== null;
  }
}

describe('whatever happens', () => {
  const anyWorld = fc.record({
    states: fc.array(anyState, { maxLength: 9 }),
    rules: anyRules,
    endings: fc.infiniteStream(fc.nat(100)),
    stopAfter: fc.nat(12),
  });

  it('never more runs are open than are wanted, every date ends, and none begins twice, also when it is stopped and continued', () => {
    fc.assert(
      fc.property(anyWorld, ({ states, rules, endings, stopAfter }) => {
        const world = new World(runsOf(...states));
        const openBefore = world.open().length;
        const dueBefore = world.progress.runs.filter((one) => phaseOf(one) === 'due').map((one) => one.date);
        for (let step = 0, isOver = false; !isOver; step += 1) {
          const { value = 0 } = endings.next() as { value?: number };
          isOver = world.step(rules, value);
          // Whoever continues knows what the runs are, and nothing else.
          if (step === stopAfter) world.progress = { runs: world.progress.runs, failedInARow: 0 };
          expect(step).toBeLessThan(50);
        }
        expect(world.most).toBeLessThanOrEqual(Math.max(rules.atOnce, openBefore));
        expect(world.progress.runs.map(phaseOf)).toEqual(states.map(() => 'ended'));
        expect([...world.begun.keys()].toSorted()).toEqual(dueBefore);
        expect([...world.begun.values()].every((times) => times === 1)).toBe(true);
      }),
    );
  });
});
