import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSort } from '../../../activities/merge/line-sort.ts';
import { compareRecords } from '../../../domain/merge-order.ts';

const place = fc.record({
  bucket: fc.constantFrom('a', 'b'),
  key: fc.string({ unit: 'binary', maxLength: 4 }),
  task_id: fc.constantFrom('caption', 'ships'),
});

async function textOf(sort: LineSort): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of sort.sorted()) pieces.push(bytes);
  return Buffer.concat(pieces).toString();
}

test('lines come out in order, again and again, however little may be held', async () => {
  const unlike = fc.uniqueArray(place, { selector: (at) => JSON.stringify(at), maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(unlike, fc.integer({ min: 1, max: 2_000 }), async (places, heldChars) => {
      const sort = new LineSort({ folder: tmpdir(), heldChars });
      for (const at of places) await sort.add({ at, text: JSON.stringify(at) });
      const expected = places.toSorted(compareRecords).map((at) => `${JSON.stringify(at)}\n`);
      expect(await textOf(sort)).toBe(expected.join(''));
      expect(await textOf(sort)).toBe(expected.join(''));
      await sort.close();
    }),
    { numRuns: 60 },
  );
});

test('nothing is left in the temporary folder, whoever is killed', async () => {
  const folder = await mkdtemp(`${tmpdir()}/tilescribe-test-`);
  const sort = new LineSort({ folder, heldChars: 1 });
  await sort.add({ at: { bucket: 'a', key: 'b', task_id: 'c' }, text: '{}' });
  expect(sort.isEmpty).toBe(false);
  expect(await readdir(folder)).toEqual([]);
  await sort.close();
  await rmdir(folder);
});
