import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAttempts, type StrandState } from '../../domain/log.ts';
import {
  accepted,
  ambiguousJobs,
  asked,
  doubted,
  dropped,
  ended,
  intended,
  knownJobs,
  newStrand,
  settled,
  uncounted,
  watched,
} from '../../domain/strand.ts';
import {
  acceptedLine,
  DEADLINE,
  intentOf,
  jobsAt,
  notSentLine,
  NOW,
  refusedLine,
  strandWith,
  taskAt,
  timesOf,
} from './strand-states.ts';

const ref = (n: number, i = 0): { n: number; i: number } => ({ n, i });
const place = { range: 0, line: 0, task: 'caption' };
const call = (callId: string): { callId: string; atMs: number; pollAtMs: number } => ({
  callId,
  atMs: NOW,
  pollAtMs: NOW + 5_000,
});

/** One tile whose submit is under way. */
const submitting = (): StrandState => intended(strandWith(0), intentOf(0), timesOf(5));
/** The same, but nobody knows whether it became a job. */
const inDoubt = (): StrandState => doubted(submitting(), ref(5), NOW + 1);
/** A second submit beside the one in doubt. */
const beside = (): StrandState =>
  intended(inDoubt(), intentOf(0, { history: { ...taskAt(inDoubt(), 0).history, attempts: 2 } }), timesOf(6));

describe('a task', () => {
  it('that has begun is owed at once', () => {
    expect(taskAt(strandWith(0), 0)).toMatchObject({ owedAtMs: NOW, jobs: [], ended: false, history: { attempts: 0 } });
  });

  it('whose submit is under way is not owed, and its job is charged until the deadline', () => {
    const state = submitting();
    expect(taskAt(state, 0)).toMatchObject({ owedAtMs: null, history: { attempts: 1 } });
    expect(ambiguousJobs(state)).toMatchObject([{ n: 5, i: 0, callId: null, deadlineAtMs: DEADLINE }]);
  });

  it('whose submit was accepted is in flight and polled', () => {
    const state = accepted(submitting(), ref(5), call('fc-1'));
    expect(ambiguousJobs(state)).toEqual([]);
    expect(knownJobs(state)).toMatchObject([{ callId: 'fc-1', acceptedAtMs: NOW, watch: { nextPollAtMs: NOW + 5_000 } }]);
  });

  it('whose submit never left is owed under an intent that names it, and the attempt is taken back', () => {
    const history = uncounted(taskAt(submitting(), 0).history);
    const state = asked(submitting(), ref(5), { history, owedAtMs: NOW, unsent: true });
    expect(taskAt(state, 0)).toMatchObject({ owedAtMs: NOW, jobs: [], replaces: ref(5), history: { attempts: 0 } });
  });

  it('keeps what it knows of its polls', () => {
    const watch = { polls: 3, nextPollAtMs: 1, pendingForMs: 2, failing: null, broken: 1, silent: 0 };
    expect(knownJobs(watched(accepted(submitting(), ref(5), call('fc-1')), ref(5), watch))).toMatchObject([{ watch }]);
  });
});

describe('a submit without an answer', () => {
  it('stays charged, and its task may go out once more beside it', () => {
    expect(taskAt(inDoubt(), 0)).toMatchObject({ owedAtMs: NOW + 1, history: { ambiguous: 1 } });
    expect(ambiguousJobs(inDoubt())).toHaveLength(1);
    expect(jobsAt(beside(), 0)).toHaveLength(2);
  });

  it('twice in doubt goes out no more', () => {
    expect(taskAt(doubted(beside(), ref(6), NOW + 2), 0)).toMatchObject({ owedAtMs: null, history: { ambiguous: 2 } });
  });

  it('does not go out again while another job of its task is in flight', () => {
    const found = settled(beside(), { ref: ref(5), line: acceptedLine(0), now: NOW });
    const state = doubted(found, ref(6), NOW + 2);
    expect(taskAt(state, 0).owedAtMs).toBeNull();
    expect([knownJobs(state).length, ambiguousJobs(state).length]).toEqual([1, 1]);
  });

  it('does not go out again after the third attempt, or when its task has ended', () => {
    const third = intended(newStrand(0), intentOf(0, { history: { ...intentOf(0).history, attempts: 3 } }), timesOf(5));
    expect(taskAt(doubted(third, ref(5), NOW), 0).owedAtMs).toBeNull();
    expect(taskAt(doubted(ended(submitting(), { ...place, code: null }), ref(5), NOW), 0).owedAtMs).toBeNull();
  });

  it('whose call is found late is in flight again, and no doubt', () => {
    const state = settled(inDoubt(), { ref: ref(5), line: acceptedLine(0), now: NOW + 9 });
    expect(taskAt(state, 0)).toMatchObject({ owedAtMs: null, history: { ambiguous: 0 } });
    expect(knownJobs(state)).toMatchObject([{ callId: 'fc-0', watch: { nextPollAtMs: NOW + 9 } }]);
  });

  it('that turns out not to have been sent, or refused, is not charged', () => {
    const unsent = settled(inDoubt(), { ref: ref(5), line: notSentLine(0), now: NOW });
    expect(taskAt(unsent, 0)).toMatchObject({
      jobs: [],
      owedAtMs: NOW,
      replaces: ref(5),
      history: { attempts: 0, ambiguous: 0 },
    });
    const refused = settled(inDoubt(), { ref: ref(5), line: refusedLine(0, { counted: true, digest: 'd' }), now: NOW });
    expect(taskAt(refused, 0)).toMatchObject({ jobs: [], owedAtMs: NOW, history: { attempts: 1, digests: ['d'] } });
    const busy = settled(inDoubt(), { ref: ref(5), line: refusedLine(0, { counted: false, digest: null }), now: NOW });
    expect(taskAt(busy, 0)).toMatchObject({ jobs: [], history: { attempts: 0, digests: [] } });
  });

  it('said twice is the same as said once', () => {
    const lines = fc.constantFrom(acceptedLine(0), notSentLine(0), refusedLine(0, { counted: true, digest: 'd' }));
    fc.assert(
      fc.property(lines, fc.boolean(), (line, doubt) => {
        const found = { ref: ref(5), line, now: NOW };
        const once = settled(doubt ? inDoubt() : submitting(), found);
        expect(settled(once, found)).toEqual(once);
      }),
    );
  });

  it('of which nobody has heard changes nothing', () => {
    expect(settled(inDoubt(), { ref: ref(99), line: acceptedLine(0), now: NOW })).toEqual(inDoubt());
  });
});

describe('a task with two jobs', () => {
  const both = (): StrandState => {
    const found = settled(beside(), { ref: ref(5), line: acceptedLine(0, 'fc-5'), now: NOW });
    return accepted(found, ref(6), call('fc-6'));
  };

  it('is not asked again when one of them fails: the other decides', () => {
    const state = asked(both(), ref(6), { history: taskAt(both(), 0).history, owedAtMs: NOW });
    expect(taskAt(state, 0)).toMatchObject({ owedAtMs: null, jobs: [{ callId: 'fc-5' }] });
  });

  it('stays known after it has ended, for as long as the other job runs', () => {
    const recorded = ended(dropped(both(), ref(5)), { ...place, code: null });
    expect(knownJobs(recorded)).toMatchObject([{ callId: 'fc-6' }]);
    expect(taskAt(recorded, 0)).toMatchObject({ ended: true, owedAtMs: null });
    expect(dropped(recorded, ref(6)).tasks).toEqual([]);
  });

  it('is never owed again once it has ended, whatever its other job comes to', () => {
    const recorded = ended(dropped(both(), ref(5)), { ...place, code: null });
    expect(asked(recorded, ref(6), { history: taskAt(both(), 0).history, owedAtMs: NOW }).tasks).toEqual([]);
  });
});

describe('a task that ends', () => {
  it('is counted by what became of it, and for its range; what was cancelled is unfinished, not failed', () => {
    const codes = [null, 'empty_tile', 'decode_failed', 'model_error', 'timeout', 'cancelled'] as const;
    const state = codes.reduce((next, code, line) => ended(next, { range: line % 2, line, task: 'caption', code }), newStrand(0));
    expect(state.tallies).toEqual({
      ok: 1,
      failed: 3,
      skipped: 1,
      errors: { empty_tile: 1, decode_failed: 1, model_error: 1, timeout: 1, cancelled: 1 },
    });
    expect(state.recorded).toEqual({ 0: 3, 1: 3 });
  });

  it('counts against the limit of failures only for reasons of the service', () => {
    const codes = [null, 'empty_tile', 'decode_failed', 'model_error', 'lost', 'cancelled'] as const;
    const state = codes.reduce((next, code, line) => ended(next, { range: 0, line, task: 'caption', code }), newStrand(0));
    expect(state.judged).toMatchObject({ ended: 6, failed: 2 });
  });

  it('leaves the strand when nothing of it runs', () => {
    expect(ended(strandWith(0, 1), { ...place, code: 'decode_failed' }).tasks).toMatchObject([{ line: 1 }]);
  });
});

describe('attempts of one strand', () => {
  it('are in the order of executions, then turns, then attempts', () => {
    const order = [
      [1, 9, 9],
      [2, 1, 9],
      [2, 2, 1],
      [2, 2, 2],
    ].map(([execution = 0, turn = 0, attempt = 0]) => ({ execution, turn, attempt }));
    for (const [n, a] of order.entries())
      for (const [m, b] of order.entries()) expect(Math.sign(compareAttempts(a, b))).toBe(Math.sign(n - m));
  });
});
