import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sample } from '../../domain/sample.ts';

function sampleOf(ranks: readonly string[], most: number): string[] {
  const sample = new Sample<string>(most);
  for (const rank of ranks) sample.add(rank, rank);
  return sample.values();
}

const ranks = fc.array(fc.string({ maxLength: 4 }), { maxLength: 60 });
const most = fc.integer({ min: 1, max: 20 });

it('a sample is what has the lowest ranks, in whatever order it comes', () => {
  fc.assert(
    fc.property(ranks, most, (all, count) => {
      const sorted = all.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
      expect(sampleOf(all, count)).toEqual(sorted.slice(0, count));
    }),
  );
});

it('the sample of more holds only what was in the sample before, and newcomers', () => {
  fc.assert(
    fc.property(ranks, ranks, most, (all, more, count) => {
      const [before, after] = [sampleOf(all, count), sampleOf([...more, ...all], count)];
      for (const rank of after) expect(before.includes(rank) || more.includes(rank)).toBe(true);
    }),
  );
});
