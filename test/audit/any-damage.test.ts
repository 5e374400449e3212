import fc from 'fast-check';
import { expect, it } from 'vitest';
import { audited, finishedRun, forge } from './finished-run.ts';

const PARTS = ['captions/part-00000.jsonl', 'answers/part-00000.jsonl', 'captions/part-00001.jsonl', 'errors/part-00001.jsonl'];
const LINES = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.nat({ max: 3 })), { minLength: 0, maxLength: 5 });

/** Lines of the part itself and of others. */
function picked(all: readonly string[][], own: readonly string[], picks: readonly (readonly [number, number])[]): string[] {
  return picks.map(([part, line]) => (all[part] ?? own)[line] ?? own[0] ?? '');
}

it('whatever lines a part is made of, an audit is content only with those that it had', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PARTS), LINES, async (path, picks) => {
      const store = await finishedRun();
      const all: string[][] = [];
      for (const one of PARTS) forge(store, one, (lines) => (all.push(lines), lines));
      let same = false;
      forge(store, path, (own) => {
        const lines = picked(all, own, picks);
        same = lines.join('\n') === own.join('\n');
        return lines;
      });
      expect((await audited(store)).differences.total === 0).toBe(same);
    }),
    { numRuns: 150 },
  );
});
