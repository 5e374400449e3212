import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../domain/errors.ts';
import type { RetrySpec } from '../../../domain/spec.ts';
import { IGNORED_NONE } from '../../../domain/tile.ts';
import { enumerateOn, frozenOf, images, manifestOf, runOver, tilesIn, type RunStore } from '../run-fixture.ts';

type Failed = readonly [key: string, task: string, code: ErrorCode];

const FAILED: readonly (readonly Failed[])[] = [
  [
    ['t/a.tif', 'caption', 'empty_tile'],
    ['t/b.tif', 'caption', 'timeout'],
    ['t/b.tif', 'ships', 'timeout'],
    ['t/c.tif', 'caption', 'empty_tile'],
    ['t/c.tif', 'ships', 'lost'],
  ],
  [],
  [
    ['t/d/e.tif', 'caption', 'decode_failed'],
    ['t/f.tif', 'ships', 'cancelled'],
  ],
];

function manifest(parts: readonly object[]): string {
  const counts = { inputs: 9, tasks: 2, expected: 18, ok: 10, failed: 6, skipped: 2, unfinished: 0 };
  const times = { started_at: '2026-01-01T00:00:00Z', ended_at: '2026-01-01T01:00:00Z' };
  const rest = { ignored: IGNORED_NONE, missing: [], parts };
  return JSON.stringify({ schema_version: 1, run_id: 'r0', dataset: 'd', state: 'complete', ...times, ...counts, ...rest });
}

/** What run `r0` of the same output left, over tiles that are there but for `t/f.tif`. */
function ended(failed: readonly (readonly Failed[])[] = FAILED): RunStore {
  const s3 = images('t/a.tif', 't/b.tif', 't/c.tif', 't/d/e.tif', 't/ok.tif');
  const parts = failed.flatMap((records, range) => {
    if (records.length === 0) return [];
    const path = `errors/part-${String(range).padStart(5, '0')}.jsonl`;
    const lines = records.map(([key, task_id, error_code]) => JSON.stringify({ bucket: 'images', key, task_id, error_code }));
    const text = lines.map((line) => `${line}\n`).join('');
    s3.fill('results', [`o/run=r0/${path}`], text);
    return [{ path, bytes: text.length, lines: lines.length, sha256: createHash('sha256').update(text).digest('hex') }];
  });
  return s3
    .fill('results', ['o/run=r0/run.json'], '{}')
    .fill('results', ['o/run=r0/manifest.json'], manifest(parts.toReversed()));
}

function retry(over: Partial<RetrySpec> = {}, input: object = {}, rangeTiles?: number): ReturnType<typeof runOver> {
  return runOver(input, rangeTiles, { retry: { run: 'r0', ...over } });
}

async function keysOf(over: Partial<RetrySpec>): Promise<string[]> {
  const s3 = ended();
  await enumerateOn(s3, retry(over));
  return manifestOf(s3).flat();
}

describe('the input of a retry', () => {
  it('is every tile with a failure, once, also what was in flight when the run was cancelled', async () => {
    const s3 = ended();
    expect(await enumerateOn(s3, retry())).toMatchObject({ inputs: 4, ranges: 1, ignored: IGNORED_NONE });
    expect(manifestOf(s3)).toEqual([['t/b.tif', 't/c.tif', 't/d/e.tif', 't/f.tif']]);
  });

  it('is asked for anew: a mended object has its present etag, one that is gone has none', async () => {
    const s3 = ended().fill('images', ['t/b.tif'], 'mended');
    await enumerateOn(s3, retry());
    const [mended, , , gone] = tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl');
    expect(mended).toMatchObject({ etag: createHash('md5').update('mended').digest('hex'), size: 6 });
    expect(gone).toMatchObject({ key: 't/f.tif', etag: null, size: null });
  });

  it.each([
    [{ codes: ['timeout'] }, ['t/b.tif']],
    [{ codes: ['timeout', 'decode_failed'] }, ['t/b.tif', 't/d/e.tif']],
    [{ classes: ['service'] }, ['t/b.tif', 't/c.tif']],
    [{ codes: ['cancelled'], classes: ['input'] }, ['t/d/e.tif', 't/f.tif']],
    [{ classes: ['skipped'] }, ['t/a.tif', 't/c.tif']],
  ] as const)('is cut down by codes and classes: %j', async (over, keys) => {
    expect(await keysOf(over)).toEqual(keys);
  });

  it('keeps to the globs, which see what they saw in the run', async () => {
    const s3 = ended();
    await enumerateOn(s3, retry({}, { include: ['*.tif'] }));
    expect(manifestOf(s3).flat()).toEqual(['t/b.tif', 't/c.tif', 't/f.tif']);
    expect(frozenOf(s3).ignored).toMatchObject({ excluded: 1 });
  });

  it('takes what a catalog says of a tile from its record, and asks no catalog', async () => {
    const says = { bbox: [4, 51, 5, 52], datetime: '2026-11-01T10:00:00.000Z', gsd_m: 10 };
    const s3 = ended();
    const path = 'o/run=r0/errors/part-00000.jsonl';
    const lines = s3.text(`s3://results/${path}`).replaceAll('{"bucket"', `{${JSON.stringify(says).slice(1, -1)},"bucket"`);
    s3.fill('results', [path], lines);
    await enumerateOn(s3, retry({}, { uri: 's3://images/stac/catalog.json', include: ['t/b.tif', 't/f.tif'] }));
    const tiles = tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl');
    expect(tiles.map(({ key, catalog }) => [key, catalog])).toEqual([
      ['t/b.tif', says],
      ['t/f.tif', undefined],
    ]);
  });

  it('goes on where an earlier attempt stopped', async () => {
    const s3 = ended();
    s3.hooks.failNext(({ verb, key }) => verb === 'put' && key.endsWith('manifest/part-00001.jsonl'));
    await expect(enumerateOn(s3, retry({}, {}, 2))).rejects.toMatchObject({ kind: 'Unreachable' });
    expect(await enumerateOn(s3, retry({}, {}, 2))).toMatchObject({ inputs: 4, ranges: 2 });
    expect(manifestOf(s3)).toEqual([
      ['t/b.tif', 't/c.tif'],
      ['t/d/e.tif', 't/f.tif'],
    ]);
  });
});

describe('a retry is refused', () => {
  it('where there is no such run', async () => {
    await expect(enumerateOn(images('t/a.tif'), retry())).rejects.toMatchObject({
      kind: 'NotFound',
      message: 'retry.run is r0: there is no such run in s3://results/o/. Name a run of the same output.uri.',
    });
  });

  it('where the run has not ended', async () => {
    const s3 = ended();
    s3.remove({ bucket: 'results', key: 'o/run=r0/manifest.json' });
    const refused = enumerateOn(s3, retry());
    await expect(refused).rejects.toMatchObject({ kind: 'InvalidSpec' });
    await expect(refused).rejects.toThrow('that run has not ended (s3://results/o/run=r0/manifest.json is not there)');
  });

  it('where nothing failed like that, with what did', async () => {
    await expect(enumerateOn(ended(), retry({ codes: ['missing'] }))).rejects.toMatchObject({
      kind: 'NotFound',
      message:
        'Run r0 has no failed records of code missing; it has 2 empty_tile, 2 timeout, 1 cancelled, 1 decode_failed, 1 lost. Name one of these in retry.codes.',
    });
  });

  it('where nothing failed at all', async () => {
    await expect(enumerateOn(ended([]), retry())).rejects.toThrow('Run r0 has no failed records. There is nothing to retry.');
  });

  it('where the globs leave nothing', async () => {
    await expect(enumerateOn(ended(), retry({}, { include: ['*.png'] }))).rejects.toThrow(
      'No tiles: input.include and input.exclude leave out all that failed in run r0 (5 records). Correct them.',
    );
  });

  it('where its records were changed or are gone', async () => {
    const at = { bucket: 'results', key: 'o/run=r0/errors/part-00000.jsonl' };
    const s3 = ended();
    s3.overwrite(at, '{"bucket":"images","key":"t/b.tif","error_code":"timeout"}\nnonsense\n');
    await expect(enumerateOn(s3, retry())).rejects.toThrow(
      `s3://results/${at.key}: line 2 is no record; something has changed it.`,
    );
    s3.remove(at);
    await expect(enumerateOn(s3, retry())).rejects.toThrow(`s3://results/${at.key} is gone, although manifest.json names it.`);
  });
});
