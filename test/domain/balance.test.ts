import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addCounted, balance, countedAs, type Counted, NOTHING_COUNTED } from '../../domain/balance.ts';

const FLAWLESS = { missing: 0, duplicates: 0 };
const small = fc.nat({ max: 50 });
const counts = fc.record({ ok: small, failed: small, skipped: small, cancelled: small });

/** @returns inputs and tasks whose product is at least what was counted. */
function owing(counted: Counted, more: number) {
  return { inputs: counted.ok + counted.failed + counted.skipped + counted.cancelled + more, tasks: 1 };
}

describe('the balance of a run', () => {
  test('a complete run balances exactly where every task has its record', () => {
    fc.assert(
      fc.property(counts, small, (counted, more) => {
        const result = balance({ ...owing(counted, more), state: 'complete' }, counted, FLAWLESS);
        expect(result.state).toBe(more === 0 && counted.cancelled === 0 ? 'complete' : 'failed');
        expect(result.unfinished).toBe(0);
      }),
    );
  });

  test('whatever ended in a cancelled run, the rest is unfinished and the sum is what was asked', () => {
    fc.assert(
      fc.property(counts, small, (counted, more) => {
        const result = balance({ ...owing(counted, more), state: 'cancelled' }, counted, { missing: more, duplicates: 0 });
        expect(result.state).toBe('cancelled');
        expect(result.unfinished).toBe(counted.cancelled + more);
        expect(result.ok + result.failed + result.skipped + result.unfinished).toBe(result.expected);
      }),
    );
  });

  test.each([
    ['a missing record', { missing: 1, duplicates: 0 }],
    ['a record found twice', { missing: 0, duplicates: 1 }],
  ])('%s fails a complete run, even where the sums agree', (_what, flaws) => {
    expect(balance({ inputs: 2, tasks: 1, state: 'complete' }, { ...NOTHING_COUNTED, ok: 2 }, flaws).state).toBe('failed');
  });

  test('more records than tasks fail a complete run', () => {
    expect(balance({ inputs: 1, tasks: 1, state: 'complete' }, { ...NOTHING_COUNTED, ok: 2 }, FLAWLESS).state).toBe('failed');
  });

  test('failed and skipped records are results: a run full of them is complete', () => {
    const counted = { ok: 0, failed: 4, skipped: 2, cancelled: 0 };
    expect(balance({ inputs: 3, tasks: 2, state: 'complete' }, counted, FLAWLESS)).toEqual({
      state: 'complete',
      inputs: 3,
      tasks: 2,
      expected: 6,
      ok: 0,
      failed: 4,
      skipped: 2,
      unfinished: 0,
    });
  });

  test('a task cancelled in flight is no failure', () => {
    expect(countedAs({ status: 'failed', error_code: 'cancelled' })).toBe('cancelled');
    expect(countedAs({ status: 'failed', error_code: 'timeout' })).toBe('failed');
    expect(countedAs({ status: 'ok', error_code: null })).toBe('ok');
  });

  test('counts of parts add up', () => {
    const one = { ok: 1, failed: 2, skipped: 3, cancelled: 4 };
    expect(addCounted(one, one)).toEqual({ ok: 2, failed: 4, skipped: 6, cancelled: 8 });
  });

  test('a run whose window ended is complete for what it did, where what is left is what the merges lacked', () => {
    const owed = { inputs: 10, tasks: 2, state: 'complete', cut: true } as const;
    const counted = { ok: 12, failed: 1, skipped: 0, cancelled: 2 };
    expect(balance(owed, counted, { missing: 5, duplicates: 0 })).toMatchObject({ state: 'complete', unfinished: 7 });
    expect(balance(owed, counted, { missing: 4, duplicates: 0 })).toMatchObject({ state: 'failed' });
    expect(balance(owed, counted, { missing: 5, duplicates: 1 })).toMatchObject({ state: 'failed' });
    const whole = { inputs: 10, tasks: 2, state: 'complete' } as const;
    expect(balance(whole, counted, { missing: 5, duplicates: 0 }).state).toBe('failed');
  });
});
