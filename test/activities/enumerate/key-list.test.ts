import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../../../ports/object-store.ts';
import { enumerateOn, everything, frozenOf, images, manifestOf, runOver, tilesIn, type RunStore } from '../run-fixture.ts';
import { sortsInAFolderOfItsOwn } from './sorting-folder.ts';

const LIST = { uri: 's3://images/list.jsonl' };

function listed(lines: readonly (string | object)[], ...keys: string[]): RunStore {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return images(...keys).fill('images', ['list.jsonl'], text);
}

sortsInAFolderOfItsOwn('2026-01-01T00:00:00.000Z');

describe('the manifest of a .jsonl object', () => {
  it('holds each key once, sorted, with what one HEAD said', async () => {
    const s3 = listed(
      [{ key: 'b.tif' }, '', { uri: 's3://results/far.tif' }, { key: 'a.tif' }, { key: 'b.tif' }, '  '],
      'a.tif',
      'b.tif',
    ).fill('results', ['far.tif']);
    expect(await enumerateOn(s3, runOver(LIST))).toMatchObject({ inputs: 3, ignored: { duplicate: 1, excluded: 0 } });
    const tiles = tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl');
    expect(tiles.map(({ bucket, key, size }) => [bucket, key, size])).toEqual([
      ['images', 'a.tif', 1],
      ['images', 'b.tif', 1],
      ['results', 'far.tif', 1],
    ]);
    expect(s3.calls.filter(({ verb, key }) => verb === 'head' && key.endsWith('.tif'))).toHaveLength(3);
  });

  it('sorts one key of two buckets by bucket', async () => {
    const s3 = listed([{ uri: 's3://results/x.tif' }, { uri: 's3://images/x.tif' }], 'x.tif').fill('results', ['x.tif']);
    await enumerateOn(s3, runOver(LIST));
    expect(tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl').map(({ bucket }) => bucket)).toEqual(['images', 'results']);
  });

  it('takes every named key as a tile, also one without bytes, one that is not there and one that may not be read', async () => {
    const s3 = listed([{ key: 'empty.txt' }, { key: 'gone.tif' }, { key: 'secret.tif' }], 'secret.tif').fill(
      'images',
      ['empty.txt'],
      '',
    );
    s3.hooks.failNext(({ verb, key }) => verb === 'head' && key === 'secret.tif', new ObjectStoreError('denied', 'no'));
    expect(await enumerateOn(s3, runOver(LIST))).toMatchObject({ inputs: 3, ignored: { zero_bytes: 0, sidecar: 0 } });
    const tiles = tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl');
    expect(tiles.map(({ key, etag, size }) => [key, etag === null, size])).toEqual([
      ['empty.txt', false, 0],
      ['gone.tif', true, null],
      ['secret.tif', true, null],
    ]);
  });

  it('applies globs to whole keys, and the limit after them', async () => {
    const s3 = listed([{ key: 'a/1.tif' }, { key: 'b/1.tif' }, { key: 'a/2.tif' }, { key: 'a/2.tif' }, { key: 'a/3.tif' }]);
    expect(await enumerateOn(s3, runOver({ ...LIST, include: ['a/*'], limit: 2 }))).toMatchObject({
      inputs: 2,
      ignored: { duplicate: 1, excluded: 0 },
    });
    expect(manifestOf(s3)).toEqual([['a/1.tif', 'a/2.tif']]);
  });

  it('reads the records and the manifest of an earlier run as lists', async () => {
    const record = { key: 'x.tif', uri: 's3://images/x.tif', bucket: 'images', task_id: 'a', etag: 'e' };
    const s3 = listed([record, { ...record, task_id: 'b' }, { bucket: 'results', key: 'y.tif', etag: null }]);
    await enumerateOn(s3, runOver(LIST));
    expect(tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl').map(({ bucket, key }) => `${bucket}/${key}`)).toEqual([
      'images/x.tif',
      'results/y.tif',
    ]);
  });

  it('holds no more lines in memory than it is told, whatever the list', async () => {
    const keys = Array.from({ length: 60_000 }, (_, n) => ({ key: `t/${(n * 7_919) % 60_000}.tif` }));
    const s3 = listed(keys);
    expect(await enumerateOn(s3, runOver(LIST, 25_000), 5_000)).toMatchObject({ inputs: 60_000, ranges: 3 });
    const written = manifestOf(s3).flat();
    expect(written).toEqual(keys.map(({ key }) => key).toSorted());
  });

  it('is the same however often it was cut off', async () => {
    const keys = ['a', 'b', 'b', 'c', 'd.txt', 'd.txt', 'e', 'e', 'e', 'f'];
    const lines = keys.map((key) => ({ key }));
    const whole = listed(lines, ...keys);
    const run = runOver({ ...LIST, exclude: ['*.txt'] }, 2);
    const outcome = await enumerateOn(whole, run, 3);
    expect(frozenOf(whole).ignored).toMatchObject({ duplicate: 4, excluded: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()), { maxLength: 4 }), async (stops) => {
        const s3 = listed(lines, ...keys);
        for (const [n, reply] of stops) {
          let [puts, isOver] = [0, false];
          const nth = ({ verb }: { verb: string }): boolean => !isOver && verb === 'put' && (puts += 1) === n;
          const gone = new ObjectStoreError('unreachable', 'gone');
          if (reply) s3.hooks.loseReply(nth, gone);
          else s3.hooks.failNext(nth, gone);
          await enumerateOn(s3, run, 3).catch(() => {});
          isOver = true;
        }
        expect(await enumerateOn(s3, run, 3)).toEqual(outcome);
        expect(everything(s3)).toEqual(everything(whole));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused where the object changed between two attempts', async () => {
    const s3 = listed([{ key: 'a' }, { key: 'b' }]);
    s3.hooks.failNext(({ verb, key }) => verb === 'put' && key.endsWith('part-00001.jsonl'));
    await expect(enumerateOn(s3, runOver(LIST, 1))).rejects.toMatchObject({ kind: 'Unreachable' });
    s3.fill('images', ['list.jsonl'], '{"key":"c"}');
    await expect(enumerateOn(s3, runOver(LIST, 1))).rejects.toThrow('s3://images/list.jsonl changed while it was read');
  });
});

describe('a .jsonl object that is not one', () => {
  it('is refused with the number of every bad line', async () => {
    const s3 = listed([
      { key: 'a' },
      'b.tif',
      '',
      { name: 'c' },
      { key: 7 },
      { uri: 'https://x/y' },
      { key: '' },
      '"k"',
      String.raw`{"key":"\ud800"}`,
    ]);
    await expect(enumerateOn(s3, runOver(LIST))).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: [
        'Bad lines of s3://images/list.jsonl; correct them and start again:',
        '  line 2: not JSON; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
        '  line 4: neither key nor uri; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
        '  line 5: key is not text; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
        '  line 6: "https://x/y" is no S3 address; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
        '  line 7: the key is empty; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
        '  line 8: not an object; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
        '  line 9: the key holds half a character, which no S3 key can',
      ].join('\n'),
    });
  });

  it('is refused after 20 bad lines, without the others', async () => {
    const failure: unknown = await enumerateOn(listed(Array.from({ length: 100 }, () => 'x')), runOver(LIST)).catch(
      (error: unknown) => error,
    );
    expect(String(failure).split('\n')).toHaveLength(21);
    expect(String(failure)).toContain('The first 20 bad lines of s3://images/list.jsonl');
  });

  it.each([
    ['binary', Buffer.from([0x1f, 0x8b, 0x08, 0xff]), 'line 1: not UTF-8 text'],
    ['one endless line', Buffer.alloc(300_000, 'x'), 'line 1 is longer than 262144 bytes; expected one JSON object a line.'],
    ['empty', Buffer.alloc(0), 'it has no lines. Write one {"key":"..."} a line.'],
  ])('says what it is: %s', async (_name, body, message) => {
    const s3 = images();
    s3.overwrite({ bucket: 'images', key: 'list.jsonl' }, body);
    await expect(enumerateOn(s3, runOver(LIST))).rejects.toThrow(message);
  });

  it('is refused where it is not there', async () => {
    await expect(enumerateOn(images(), runOver(LIST))).rejects.toMatchObject({ kind: 'NotFound' });
  });
});
