import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../../adapters/sharp/admission.ts';

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('admission of pictures', () => {
  it('never has more places or bytes in use than there are, and lets everyone in, in turn', async () => {
    const sizes = fc.array(fc.nat(120), { minLength: 1, maxLength: 20 });
    const property = fc.asyncProperty(sizes, fc.integer({ min: 1, max: 4 }), async (wanted, places) => {
      const admission = createAdmission({ places, bytes: 100 });
      const inside = new Map<number, () => void>();
      const order: number[] = [];
      for (const [index, bytes] of wanted.entries()) {
        void admission.enter(bytes).then((leave) => inside.set(index, leave) && order.push(index));
      }
      for (let round = 0; round < wanted.length; round += 1) {
        await settled();
        const used = [...inside.keys()].map((index) => Math.min(100, wanted[index] ?? 0));
        expect(used.length).toBeLessThanOrEqual(places);
        expect(used.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(100);
        const [index, leave] = [...inside][0] ?? [];
        expect(leave).toBeDefined();
        inside.delete(index ?? 0);
        leave?.();
      }
      expect(order).toEqual(wanted.map((_, index) => index));
    });
    await fc.assert(property, { numRuns: 40 });
  });
});
