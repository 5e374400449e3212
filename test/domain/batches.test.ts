import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches } from '../../domain/batches.ts';

describe('batches', () => {
  it('are full but for the last, and are the list again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 5 }), (entries, most) => {
        const cut = [...batches(entries, most)];
        expect(cut.flat()).toEqual(entries);
        expect(cut.slice(0, -1).every(({ length }) => length === most)).toBe(true);
        expect(cut.every(({ length }) => length > 0 && length <= most)).toBe(true);
      }),
    );
  });
});
