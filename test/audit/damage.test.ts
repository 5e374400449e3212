import { describe, expect, it } from 'vitest';
import { PATHS } from '../../domain/layout.ts';
import { REF } from '../activities/merged-range.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { audited, edit, editManifest, finishedRun, forge, found, removeFrom, textOf } from './finished-run.ts';

const CAPTIONS = 'captions/part-00000.jsonl';
const ANSWERS = 'answers/part-00000.jsonl';

type Damage = (store: MemoryStore) => void;

const TO_PARTS: readonly (readonly [string, Damage, readonly string[]])[] = [
  [
    'a byte that flipped',
    (store) => void edit(store, CAPTIONS, (text) => text.replace('A harbour, a', 'A harbour, A')),
    [`part_changed ${CAPTIONS}: has SHA-256 `],
  ],
  [
    'a line that is lost',
    (store) => void edit(store, CAPTIONS, (text) => text.slice(text.indexOf('\n') + 1)),
    [
      `part_changed ${CAPTIONS}: has `,
      `missing_record manifest/part-00000.jsonl line 1: imagery/a.tif#caption has no record.`,
      'ok is 8, counted again it is 7',
    ],
  ],
  [
    'a line that is there twice',
    (store) => void edit(store, CAPTIONS, (text) => text.slice(0, text.indexOf('\n') + 1) + text),
    [`duplicate ${CAPTIONS} line 2: imagery/a.tif#caption has a record already, at ${CAPTIONS} line 1.`],
  ],
  [
    'a line that is there again further down',
    (store) => forge(store, CAPTIONS, (lines) => [...lines, lines[0] ?? '']),
    [
      `order ${CAPTIONS} line 3: imagery/a.tif#caption stands behind imagery/c.tif#caption.`,
      `duplicate ${CAPTIONS} line 3: imagery/a.tif#caption`,
    ],
  ],
  [
    'a last line that was cut off',
    (store) => void edit(store, ANSWERS, (text) => text.slice(0, -30)),
    [`torn_line ${ANSWERS} line 2: `, `not_a_record ${ANSWERS} line 2: is not JSON`],
  ],
  [
    'a part that is gone',
    (store) => removeFrom(store, ANSWERS),
    [`part_missing ${ANSWERS}: is named by manifest.json and not there.`, 'imagery/a.tif#ships has no record'],
  ],
  [
    'bytes that are not UTF-8',
    (store) => store.overwrite({ bucket: REF.bucket, key: REF.prefix + ANSWERS }, Buffer.from([0xff, 0xfe, 0x0a])),
    [`not_a_record ${ANSWERS} line 1: is not UTF-8.`],
  ],
  [
    'an object that nobody named',
    (store) => store.overwrite({ bucket: REF.bucket, key: `${REF.prefix}captions/part-00007.jsonl` }, 'x'),
    ['not_named captions/part-00007.jsonl: is there (1 bytes)'],
  ],
];

const TO_THE_REST: readonly (readonly [string, Damage, readonly string[]])[] = [
  [
    'counts that are wrong',
    (store) => editManifest(store, (one) => ({ ...one, ok: 9 })),
    ['balance manifest.json: ok is 9, counted again it is 8.', 'success _SUCCESS'],
  ],
  [
    'a _SUCCESS of a run that was cancelled',
    (store) => editManifest(store, (one) => ({ ...one, state: 'cancelled' })),
    ['success _SUCCESS: is there'],
  ],
  [
    'a run out of balance',
    (store) => editManifest(store, (one) => ({ ...one, state: 'failed' })),
    ['balance manifest.json: the balance does not hold (state failed)'],
  ],
  ['a _SUCCESS that is gone', (store) => removeFrom(store, '_SUCCESS'), ['success _SUCCESS: is not there']],
  ['a _SUCCESS that is not empty', (store) => void edit(store, '_SUCCESS', () => 'yes'), ['success _SUCCESS: has 3 bytes']],
  [
    'a manifest that is damaged',
    (store) => void edit(store, 'manifest.json', (text) => text.slice(9)),
    ['document manifest.json: cannot be read'],
  ],
  ['a run.json that is gone', (store) => removeFrom(store, 'run.json'), ['document run.json: is not there.']],
  [
    'the run.json of another run',
    (store) => void edit(store, 'run.json', (text) => text.replace('harbours-1', 'harbours-2')),
    ['document run.json: run_id is "harbours-2", expected "harbours-1".'],
  ],
  [
    'the manifest of another run',
    (store) => editManifest(store, (one) => ({ ...one, run_id: 'x' })),
    ['document manifest.json: run_id is "x"'],
  ],
  [
    'a report of other totals',
    (store) => void edit(store, 'report.json', (text) => text.replace('"failed": 2', '"failed": 0')),
    ['report report.json: totals: failed is 0, expected 2.'],
  ],
  ['a report that is gone', (store) => removeFrom(store, 'report.html'), ['document report.html: is not there.']],
  [
    'a harvest that never was',
    (store) => editManifest(store, (one) => ({ ...one, harvest: { ...one.harvest, jobs: 4 } })),
    ['balance manifest.json: harvest is'],
  ],
  [
    'a frozen input that changed',
    (store) => void edit(store, PATHS.manifestPart(1), (text) => text.replace('"size":', '"size":1')),
    ['input_changed manifest/part-00001.jsonl: has '],
  ],
  [
    'a frozen input in another order',
    (store) => void edit(store, PATHS.manifestPart(0), (text) => `${text.trimEnd().split('\n').toReversed().join('\n')}\n`),
    ['order manifest/part-00000.jsonl line 2: imagery/b.tif does not come after'],
  ],
  [
    'a frozen input that lost a part',
    (store) => removeFrom(store, PATHS.manifestPart(1)),
    ['input_changed manifest/part-00001.jsonl: is not there'],
  ],
  [
    'a source that was replaced',
    (store) => store.overwrite({ bucket: 'imagery', key: 'c.tif' }, 'new'),
    ['source_changed manifest/part-00000.jsonl line 3: s3://imagery/c.tif has etag'],
  ],
  [
    'a source that is gone',
    (store) => store.remove({ bucket: 'imagery', key: 'é.tif' }),
    ['source_missing manifest/part-00001.jsonl line 3: s3://imagery/é.tif is not there any more'],
  ],
];

describe('an audit finds, and says where:', () => {
  it.each([...TO_PARTS, ...TO_THE_REST])('%s', async (_what, damage, parts) => {
    const store = await finishedRun();
    damage(store);
    const sentences = await found(store);
    for (const part of parts) expect(sentences).toContainEqual(expect.stringContaining(part));
  });

  it('any single byte of any part that is another one', async () => {
    const store = await finishedRun();
    const whole = Buffer.from(textOf(store, CAPTIONS));
    for (let at = 0; at < whole.byteLength; at += 97) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      store.overwrite({ bucket: REF.bucket, key: REF.prefix + CAPTIONS }, bytes);
      expect((await audited(store)).differences.count('part_changed'), `byte ${at}`).toBe(1);
    }
  });
});
