import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEW_TASK, type TaskHistory } from '../../domain/log.ts';
import { afterSubmit, MAX_ATTEMPTS, type SubmitDecision } from '../../domain/outcome.ts';
import type { SubmitMeaning, SubmitReply } from '../../domain/reply.ts';

const AT = { baseUrl: 'https://caption.test', now: 0, roll: 0.5, troubles: 0 };
const FIRST: TaskHistory = { ...NEW_TASK, attempts: 1 };

type Refusal = Exclude<SubmitMeaning, 'accepted'>;
function reply(means: Refusal, more: Partial<SubmitReply> = {}): SubmitReply {
  return { digest: null, said: `it said ${means}`, retryAfterMs: null, overload: false, ...more, means };
}
const after = (said: SubmitReply, history = FIRST, troubles = 0): SubmitDecision =>
  afterSubmit(said, history, { ...AT, troubles });

describe('after a submit', () => {
  it('an accepted job is tracked', () => {
    const accepted: SubmitReply = {
      means: 'accepted',
      callId: 'fc-1',
      digest: null,
      said: '200',
      retryAfterMs: null,
      overload: false,
    };
    expect(after(accepted)).toEqual({ do: 'track', callId: 'fc-1' });
  });

  it.each([
    ['rejected', 'service_rejected'],
    ['too_large', 'too_large'],
  ] as const)('what is %s is final', (means, code) => {
    expect(after(reply(means))).toEqual({ do: 'fail', code, message: `it said ${means}` });
  });

  it.each([
    ['credentials', 'credentials'],
    ['gone', 'gone'],
    ['elsewhere', 'gone'],
  ] as const)('%s halts the lane, which still collects, and burns no task', (means, code) => {
    const decision = after(reply(means));
    expect(decision).toMatchObject({
      do: 'halt',
      halt: { code, blind: false, message: expect.stringMatching(`^https://caption.test: .* it said ${means}$`) as string },
    });
    expect(decision.do === 'halt' && decision.halt.action).toContain('`tilescribe resume`');
  });

  it('an ambiguous one is in doubt', () => {
    expect(after(reply('ambiguous'))).toEqual({ do: 'doubt', said: 'it said ambiguous' });
  });

  it.each([
    ['busy', false],
    ['unavailable', true],
    ['unreachable', true],
  ] as const)('%s means to wait and is no attempt; a sign of trouble: %s', (means, trouble) => {
    expect(after(reply(means))).toEqual({ do: 'wait', afterMs: 1_000, trouble, said: `it said ${means}` });
    const many = { ...FIRST, attempts: MAX_ATTEMPTS };
    expect(after(reply(means), many).do).toBe('wait');
  });

  it('Retry-After is honoured, and without it every wait in a row is longer, up to 30 s', () => {
    expect(after(reply('busy', { retryAfterMs: 90_000 }))).toMatchObject({ afterMs: 90_000 });
    expect(after(reply('busy', { retryAfterMs: 90_000 }), FIRST, 7)).toMatchObject({ afterMs: 90_000 });
    const waits = [0, 1, 2, 3, 4, 5, 60].map((troubles) => after(reply('unavailable'), FIRST, troubles));
    expect(waits.map((wait) => 'afterMs' in wait && wait.afterMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});

describe('a submit that the service answers with an error', () => {
  const error = (digest: string | null): SubmitReply => reply('refused', { digest });

  it('is an attempt, and goes out again after a wait', () => {
    const decision = after(error('d1'));
    expect(decision).toMatchObject({ do: 'again', history: { attempts: 1, digests: ['d1'] } });
    expect(decision.do === 'again' && decision.afterMs).toBeGreaterThanOrEqual(1_000);
  });

  it('is final when it says the same a second time', () => {
    const second = { ...FIRST, attempts: 2, digests: ['d1'] };
    expect(after(error('d1'), second)).toEqual({ do: 'fail', code: 'model_error', message: 'it said refused' });
    expect(after(error('d2'), second).do).toBe('again');
  });

  it('is final at the third attempt, whatever it says', () => {
    const third = { ...FIRST, attempts: 3, digests: ['d1', 'd2'] };
    expect(after(error('d3'), third)).toMatchObject({ do: 'fail', code: 'model_error' });
    expect(after(error(null), third)).toMatchObject({ do: 'fail', code: 'model_error' });
  });

  it('never leads to more than three jobs', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.constantFrom('d1', 'd2', 'd3', 'd4')), { minLength: 5, maxLength: 5 }), (digests) => {
        let history = NEW_TASK;
        let jobs = 0;
        for (const digest of digests) {
          jobs += 1;
          const decision = after(error(digest), { ...history, attempts: history.attempts + 1 });
          if (decision.do !== 'again') break;
          history = decision.history;
        }
        expect(jobs).toBeLessThanOrEqual(MAX_ATTEMPTS);
      }),
    );
  });
});
