import { describe, expect, it } from 'vitest';
import { audited, finishedRun, forge, found, rewritten } from './finished-run.ts';

const CAPTIONS = 'captions/part-00000.jsonl';
const ANSWERS = 'answers/part-00000.jsonl';

function expectFound(sentences: readonly string[], parts: readonly string[]): void {
  for (const part of parts) expect(sentences).toContainEqual(expect.stringContaining(part));
}

/** What, where, what becomes of the lines, and what is said of it. */
type Forgery = readonly [string, { path: string; change: (lines: string[]) => string[] }, readonly string[]];

const FORGERIES: readonly Forgery[] = [
  [
    'two lines that changed places',
    { path: CAPTIONS, change: ([a, c]) => [c ?? '', a ?? ''] },
    [`order ${CAPTIONS} line 2: imagery/a.tif#caption stands behind imagery/c.tif#caption.`],
  ],
  [
    'a record of another run',
    { path: CAPTIONS, change: ([a, c]) => [rewritten(a, { run_id: 'harbours-9' }), c ?? ''] },
    [`foreign_record ${CAPTIONS} line 1: is of run "harbours-9"`],
  ],
  [
    'a record of another dataset',
    { path: CAPTIONS, change: ([a, c]) => [rewritten(a, { dataset: 'fields' }), c ?? ''] },
    [`foreign_record ${CAPTIONS} line 1: `],
  ],
  [
    'a record_id that is not that of the question',
    { path: CAPTIONS, change: ([a, c]) => [a ?? '', rewritten(c, { record_id: '0'.repeat(64) })] },
    [`wrong_id ${CAPTIONS} line 2: record_id is "0000`],
  ],
  [
    'a request_sha256 that is not that of the request',
    { path: ANSWERS, change: ([a, c]) => [rewritten(a, { request_sha256: null }), c ?? ''] },
    [`wrong_id ${ANSWERS} line 1: request_sha256 is null`],
  ],
  [
    'another prompt than was asked',
    { path: ANSWERS, change: ([a, c]) => [rewritten(a, { prompt: 'How many planes?' }), c ?? ''] },
    [`wrong_field ${ANSWERS} line 1: prompt is "How many planes?", expected "How many ships are visible?".`],
  ],
  [
    'another etag than was frozen',
    { path: ANSWERS, change: ([a, c]) => [rewritten(a, { etag: 'other' }), c ?? ''] },
    [`wrong_field ${ANSWERS} line 1: etag is "other"`, `wrong_id ${ANSWERS} line 1: record_id`],
  ],
  [
    'a field that is missing',
    { path: CAPTIONS, change: ([a, c]) => [(a ?? '').replace('"kind":"caption",', ''), c ?? ''] },
    [`not_a_record ${CAPTIONS} line 1: is not as such a line must be: kind`],
  ],
  [
    'an answer without text',
    { path: CAPTIONS, change: ([a, c]) => [rewritten(a, { text: null }), c ?? ''] },
    [`wrong_field ${CAPTIONS} line 1: status ok needs a text`],
  ],
  [
    'a failure among the answers',
    { path: CAPTIONS, change: ([a, c]) => [rewritten(a, { status: 'failed', error_code: 'timeout', text: null }), c ?? ''] },
    [`misplaced_record ${CAPTIONS} line 1: is failed of kind caption, which belongs to errors/.`],
  ],
  [
    'a tile that was not in the input',
    {
      path: CAPTIONS,
      change: (lines) => [...lines, rewritten(lines[1], { key: 'd0.tif', uri: 's3://imagery/d0.tif', file_name: 'd0.tif' })],
    },
    [`not_asked ${CAPTIONS} line 3: imagery/d0.tif#caption is not in manifest/part-00000.jsonl.`],
  ],
  [
    'a task that was not asked',
    { path: CAPTIONS, change: ([a, c]) => [a ?? '', rewritten(a, { task_id: 'planes' }), c ?? ''] },
    [`not_asked ${CAPTIONS} line 2: imagery/a.tif#planes is a task that run.json does not ask.`],
  ],
];

describe('an audit finds, though manifest.json agrees with the part,', () => {
  it.each(FORGERIES)('%s', async (_what, { path, change }, parts) => {
    const store = await finishedRun();
    forge(store, path, change);
    const sentences = await found(store);
    expectFound(sentences, parts);
    expect(sentences.filter((sentence) => sentence.startsWith('part_changed'))).toEqual([]);
  });

  it('no more than there is: two lines that changed places lack no record', async () => {
    const store = await finishedRun();
    forge(store, CAPTIONS, (lines) => lines.toReversed());
    expect((await audited(store)).differences.counts).toEqual({ order: 1 });
  });
});
