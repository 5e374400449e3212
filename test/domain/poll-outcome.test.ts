import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEW_TASK, type TaskHistory, type Watch } from '../../domain/log.ts';
import { afterPoll, MAX_ATTEMPTS, onceMore, type PollDecision } from '../../domain/outcome.ts';
import type { PollMeaning, PollReply } from '../../domain/reply.ts';

const UNWATCHED: Watch = { polls: 0, nextPollAtMs: 0, pendingForMs: 0, failing: null, broken: 0, silent: 0 };
const FIRST: TaskHistory = { ...NEW_TASK, attempts: 1 };
type Unfinished = Exclude<PollMeaning, 'done'>;

function reply(means: Unfinished, more: Partial<PollReply> = {}): PollReply {
  return { digest: null, said: `it said ${means}`, retryAfterMs: null, overload: false, ...more, means };
}

interface Scene {
  readonly watch?: Watch;
  readonly history?: TaskHistory;
  readonly now?: number;
}

function after(said: PollReply, { watch = UNWATCHED, history = FIRST, now = 0 }: Scene = {}): PollDecision {
  return afterPoll(said, { history, watch }, { baseUrl: 'https://caption.test', now, roll: 0.5 });
}

/** @returns what is decided at last when a job answers so at these moments. */
function sequence(polls: readonly (readonly [number, PollReply])[], history = FIRST): { decision: PollDecision; polls: number } {
  let watch = UNWATCHED;
  let asked = 0;
  for (const [now, said] of polls) {
    asked += 1;
    const decision = after(said, { watch, history, now });
    if (decision.do !== 'look') return { decision, polls: asked };
    ({ watch } = decision);
  }
  return { decision: { do: 'look', watch, afterMs: null, trouble: false, said: '' }, polls: asked };
}

describe('after a poll', () => {
  it('a job that is done is recorded', () => {
    const answer = { text: 'A harbour.', finishReason: 'stop', completionTokens: 2 };
    const done: PollReply = { means: 'done', answer, digest: null, said: '200', retryAfterMs: null, overload: false };
    expect(after(done)).toEqual({ do: 'record', answer });
  });

  it('a job that is not finished is looked at again when the usual time says', () => {
    expect(after(reply('pending'))).toMatchObject({ do: 'look', afterMs: null, trouble: false });
  });

  it.each([
    ['credentials', 'credentials'],
    ['gone', 'gone'],
    ['elsewhere', 'gone'],
  ] as const)('%s halts the lane, which cannot collect either; no job is given up', (means, code) => {
    expect(after(reply(means))).toMatchObject({ do: 'halt', halt: { code, blind: true } });
  });

  it.each([
    ['transport', false],
    ['unavailable', true],
    ['unreachable', true],
  ] as const)('%s says nothing about the job: it is asked again, later and later; a sign of trouble: %s', (means, trouble) => {
    expect(after(reply(means))).toMatchObject({ do: 'look', afterMs: 1_000, trouble, watch: { silent: 1 } });
    expect(after(reply(means), { watch: { ...UNWATCHED, silent: 3 } })).toMatchObject({ afterMs: 8_000 });
    expect(after(reply(means), { watch: { ...UNWATCHED, silent: 99 } })).toMatchObject({ afterMs: 30_000 });
    expect(after(reply(means, { retryAfterMs: 45_000 }))).toMatchObject({ do: 'look', afterMs: 45_000 });
  });

  it('word of the job ends the waiting for it', () => {
    const watch = { ...UNWATCHED, silent: 5 };
    for (const means of ['pending', 'broken', 'failing'] as const)
      expect(after(reply(means), { watch })).toMatchObject({ watch: { silent: 0 } });
  });
});

describe('an empty answer, an expired result and a passed deadline', () => {
  it.each([
    ['empty', 'empty_answer'],
    ['expired', 'expired'],
    ['timeout', 'timeout'],
  ] as const)('%s is asked again once, then fails as %s', (what, code) => {
    expect(onceMore(FIRST, what, 'so')).toEqual({ do: 'again', history: { ...FIRST, [what]: 1 }, afterMs: 0 });
    const second = { ...FIRST, attempts: 2, [what]: 1 };
    expect(onceMore(second, what, 'so')).toEqual({ do: 'fail', code, message: 'so' });
  });

  it.each(['empty', 'expired'] as const)('%s is what a poll says of itself', (means) => {
    expect(after(reply(means))).toMatchObject({ do: 'again', history: { [means]: 1 } });
  });

  it('are counted apart, and never lead to a fourth job', () => {
    const second = { ...FIRST, attempts: 2, empty: 1 };
    expect(onceMore(second, 'expired', 'so').do).toBe('again');
    const third = { ...FIRST, attempts: MAX_ATTEMPTS, empty: 1, expired: 1 };
    expect(onceMore(third, 'timeout', 'so')).toMatchObject({ do: 'fail', code: 'timeout' });
  });
});

describe('an answer that is not what is documented', () => {
  it('is asked for twice more, then the task fails as bad_response', () => {
    const broken = reply('broken');
    expect(
      sequence([
        [0, broken],
        [1, broken],
      ]),
    ).toMatchObject({ decision: { do: 'look', watch: { broken: 2 } } });
    expect(
      sequence([
        [0, broken],
        [1, broken],
        [2, broken],
      ]),
    ).toEqual({
      decision: { do: 'fail', code: 'bad_response', message: 'it said broken' },
      polls: 3,
    });
  });
});

describe('an error on a poll', () => {
  const error = (digest: string | null): PollReply => reply('failing', { digest });
  const every5s = (...said: PollReply[]): (readonly [number, PollReply])[] => said.map((one, n) => [n * 5_000, one] as const);

  it('fails a job only when it says the same on three polls over ten seconds', () => {
    expect(sequence(every5s(error('d'), error('d'))).decision.do).toBe('look');
    expect(sequence(every5s(error('d'), error('d'), error('d'))).decision.do).toBe('again');
    const hasty = [0, 1_000, 2_000, 9_999].map((now) => [now, error('d')] as const);
    expect(sequence(hasty).decision.do).toBe('look');
    expect(sequence([...hasty, [10_000, error('d')]]).decision.do).toBe('again');
    expect(
      sequence([
        [0, error('d')],
        [60_000, error('d')],
      ]).decision.do,
    ).toBe('look');
  });

  it('that changes, or gives way to "not finished", starts the count again', () => {
    expect(sequence(every5s(error('d'), error('d'), error('e'), error('d'), error('d'))).decision.do).toBe('look');
    expect(sequence(every5s(error('d'), error('d'), reply('pending'), error('d'), error('d'))).decision.do).toBe('look');
  });

  it('is asked about again before ten seconds have passed twice over', () => {
    const decision = after(error('d'));
    expect(decision.do === 'look' && decision.afterMs).toBeGreaterThanOrEqual(5_000);
    expect(decision.do === 'look' && decision.afterMs).toBeLessThan(10_000);
  });

  it('then is an attempt: the same in two attempts, or any in the third, is final', () => {
    const thrice = every5s(error('d'), error('d'), error('d'));
    expect(sequence(thrice).decision).toMatchObject({ do: 'again', history: { digests: ['d'] } });
    const again = (history: Partial<TaskHistory>): PollDecision => sequence(thrice, { ...FIRST, ...history }).decision;
    expect(again({ attempts: 2, digests: ['d'] })).toMatchObject({ do: 'fail', code: 'model_error' });
    expect(again({ attempts: 2, digests: ['e'] }).do).toBe('again');
    expect(again({ attempts: 3, digests: ['e', 'f'] })).toMatchObject({ do: 'fail', code: 'model_error' });
  });
});

describe('whatever a service says', () => {
  it('leads to at most three jobs, and counts no waiting as one', () => {
    const meanings = fc.constantFrom<Unfinished>('empty', 'expired', 'failing', 'pending', 'broken', 'transport', 'unavailable');
    const said = fc.tuple(meanings, fc.constantFrom('d', 'e', 'f'));
    fc.assert(
      fc.property(fc.array(said, { maxLength: 60 }), (replies) => {
        let [history, watch, jobs, now] = [FIRST, UNWATCHED, 1, 0];
        for (const [means, digest] of replies) {
          now += 6_000;
          const decision = after(reply(means, { digest }), { watch, history, now });
          if (decision.do === 'fail' || decision.do === 'halt') break;
          if (decision.do === 'look') ({ watch } = decision);
          if (decision.do === 'again') {
            jobs += 1;
            [history, watch] = [{ ...decision.history, attempts: decision.history.attempts + 1 }, UNWATCHED];
          }
        }
        expect(jobs).toBeLessThanOrEqual(MAX_ATTEMPTS);
        expect(history.attempts).toBe(jobs);
      }),
    );
  });
});
