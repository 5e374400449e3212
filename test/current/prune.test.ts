import { describe, expect, test } from 'vitest';
import { removeParts, supersededParts } from '../../current/prune.ts';
import { updateCurrent } from '../../current/update.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import { memoryRemover } from '../support/memory-remover.ts';
import { captionIn, emptyOutput, layRun, OUTPUT, OUTPUT_URI, portsOn } from './laid-run.ts';
import { viewed } from './viewed.ts';

const BESIDE = [
  'harbours/current/_index/run=r1/part-00000.jsonl',
  'harbours/current/captions/part-00000.jsonl',
  'harbours/current/captions/notes.txt',
  'harbours/current/elsewhere/part-00000001-00000-abcdef.jsonl',
];
const LATER = Date.now() + 3_600_000;

async function twoGenerations() {
  const store = emptyOutput();
  for (const [n, runId] of ['r1', 'r2'].entries())
    await updateCurrent(portsOn(store), layRun(store, { runId, began: n, records: [captionIn(runId, 'a.tif', n + 1)] }));
  for (const key of BESIDE) store.overwrite({ bucket: 'results', key }, 'x');
  return { store, search: { store, pointers: memoryPointers(store), output: OUTPUT } };
}

describe('pruning a view', () => {
  test('removes the parts that the pointer does not name, and nothing beside them', async () => {
    const { store, search } = await twoGenerations();
    const before = viewed(store, OUTPUT_URI);
    const parts = await supersededParts(search, LATER);
    expect(parts.map(({ at }) => at.key)).toEqual([expect.stringMatching(/^harbours\/current\/captions\/part-00000001-00000-/u)]);
    await removeParts(memoryRemover(store), parts, () => undefined);
    expect(await supersededParts(search, LATER)).toEqual([]);
    expect(viewed(store, OUTPUT_URI)).toEqual(before);
    expect(store.keys('results')).toEqual(expect.arrayContaining(BESIDE));
  });

  test('leaves what was written since: somebody may read it, or be about to name it', async () => {
    const { search } = await twoGenerations();
    expect(await supersededParts(search, Date.now() - 3_600_000)).toEqual([]);
  });

  test('does nothing where there is no view', async () => {
    const store = emptyOutput();
    const search = { store, pointers: memoryPointers(store), output: OUTPUT };
    const refused = { name: 'NotFound', message: expect.stringContaining('tilescribe current rebuild s3://results/harbours/') };
    await expect(supersededParts(search, LATER)).rejects.toMatchObject(refused);
  });
});
