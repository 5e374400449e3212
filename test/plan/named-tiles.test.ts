import { describe, expect, it } from 'vitest';
import type { TileRecord } from '../../domain/record.ts';
import { md5, reportObjects, reportUri } from '../activities/inventory-report.ts';
import { OutputWorld } from './output-world.ts';

const INVENTORY = { input: { uri: reportUri('imagery') } };
const STAC = { input: { uri: 's3://imagery/stac/search.json' } };
const DATETIME = '2026-11-01T10:00:00.000Z';
const CONTENTS = { 'a.tif': 'sea', 'b.tif': 'land' };

/** A bucket with two tiles, a report of it, and a search that found them. */
function world(): OutputWorld {
  const made = new OutputWorld();
  for (const [key, content] of Object.entries(CONTENTS)) made.tile(key, content);
  const rows = Object.entries(CONTENTS).map(([key, content]) => ({ Key: `tiles/${key}`, ETag: md5(content) }));
  const report = { format: 'CSV', source: 'imagery', bucket: 'imagery', files: [rows.toReversed()] } as const;
  for (const [at, bytes] of reportObjects(report)) made.store.overwrite(at, bytes);
  const features = Object.keys(CONTENTS).map((key) => ({
    type: 'Feature',
    id: key,
    properties: { datetime: DATETIME },
    assets: { visual: { href: `../tiles/${key}` } },
  }));
  made.store.overwrite({ bucket: 'imagery', key: 'stac/search.json' }, JSON.stringify({ type: 'FeatureCollection', features }));
  return made;
}

function captions(made: OutputWorld, run: string): TileRecord[] {
  const text = made.store.text(`s3://results/harbours/run=${run}/captions/part-00000.jsonl`);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as TileRecord);
}

describe.each([
  ['an S3 Inventory', INVENTORY],
  ['STAC', STAC],
])('tiles that %s names', (_name, over) => {
  it('are planned, asked once and not again', async () => {
    const made = world();
    expect((await made.plan(over)).totals).toMatchObject({ new: 4, owed: 4 });
    expect(await made.run('first', over)).toMatchObject({ state: 'complete', inputs: 2, ok: 4 });
    expect((await made.plan(over)).totals).toMatchObject({ done: 4, owed: 0 });
  });

  it('are the same tiles as those of a prefix', async () => {
    const made = world();
    await made.run('first');
    expect((await made.plan(over)).totals).toMatchObject({ done: 4, owed: 0 });
  });

  it('are asked again where they failed', async () => {
    const made = world();
    await made.run('first', over, ({ key }, task) => (key.endsWith('a.tif') && task === 'ships' ? 'timeout' : null));
    made.asked = [];
    await made.run('again', { ...over, retry: { run: 'first' } });
    expect(made.asked).toHaveLength(1);
    expect((await made.plan(over)).totals).toMatchObject({ done: 4, owed: 0 });
  });
});

describe('a record that is taken over', () => {
  it('says what the catalog of its new run says', async () => {
    const made = world();
    await made.run('first');
    await made.run('second', STAC);
    const [before, after] = [captions(made, 'first'), captions(made, 'second')];
    expect(before.map(({ datetime }) => datetime)).not.toContain(DATETIME);
    expect(after.map(({ datetime }) => datetime)).toEqual([DATETIME, DATETIME]);
    expect(after.map(({ record_id }) => record_id)).toEqual(before.map(({ record_id }) => record_id));
  });
});
