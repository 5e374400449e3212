import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gathered } from '../gathered.ts';
import { inOrder } from '../../../activities/enumerate/in-order.ts';

async function* upTo(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) yield n;
}

describe('making many at once', () => {
  it('gives the results in the order of the entries, never more at once than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 5 })), fc.integer({ min: 1, max: 16 }), async (turns, atOnce) => {
        let [now, most] = [0, 0];
        const make = async (n: number): Promise<number> => {
          now += 1;
          most = Math.max(most, now);
          for (let turn = 0; turn < (turns[n] ?? 0); turn += 1) await Promise.resolve();
          now -= 1;
          return n;
        };
        expect(await gathered(inOrder(upTo(turns.length), atOnce, make))).toEqual([...turns.keys()]);
        expect(most).toBeLessThanOrEqual(atOnce);
      }),
    );
  });

  it('fails with the first that failed, after the others have ended', async () => {
    let ended = 0;
    const make = async (n: number): Promise<number> => {
      for (let turn = 0; turn < n; turn += 1) await Promise.resolve();
      ended += 1;
      if (n === 1) throw new Error('no');
      return n;
    };
    await expect(gathered(inOrder(upTo(4), 4, make))).rejects.toThrow('no');
    expect(ended).toBe(4);
  });
});
