import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOf } from '../../cli/problem.ts';
import { readRunSpec, type RunOptions } from '../../cli/run-document.ts';
import { storedSpec } from '../../cli/schedule-spec.ts';
import type { RunSpec } from '../../domain/spec.ts';
import { NIGHTLY_SPEC, storedNightly, type StoredNightly } from './stored-nightly.ts';

let nightly: StoredNightly;
beforeAll(async () => {
  nightly = await storedNightly();
  await nightly.bucket.put('catalog.json', JSON.stringify({ type: 'FeatureCollection', features: [] }));
  await nightly.bucket.put('plain', JSON.stringify(NIGHTLY_SPEC));
  await nightly.bucket.put('wrong.json', JSON.stringify({ ...NIGHTLY_SPEC, taks: [] }));
});
afterAll(() => nightly.close());

async function* nobody(): AsyncIterable<Uint8Array> {}

const read = (uri: string, options: RunOptions = {}): Promise<RunSpec> => readRunSpec(uri, options, nobody());
const at = (key: string): string => `s3://${nightly.bucket.name}/${key}`;

describe('a spec in S3', () => {
  it('is what is run and planned where its name ends in .json, with what the command line says of any spec', async () => {
    const spec = await read(nightly.spec, { date: '2026-03-01', sample: 5, priority: 'backfill' });
    expect(spec).toMatchObject({
      dataset: 'harbours',
      input: { uri: 's3://imagery/2026/02/28/', sample: 5 },
      priority: 'backfill',
    });
    await expect(read(at('wrong.json'), { date: '2026-03-01' })).rejects.toThrow('taks: unknown field');
  });

  it('is the input where an option of the short form says so', async () => {
    const short = { out: 's3://results/harbours/', caption: true };
    expect((await read(at('catalog.json'), short)).input.uri).toBe(at('catalog.json'));
    await expect(read(at('catalog.json'), { caption: true })).rejects.toThrow(
      'is taken as the input: say where results go with --out s3://bucket/prefix/. A spec in S3 is read without options',
    );
  });

  it('is told from what names the tiles, and from a prefix', async () => {
    await expect(read(at('catalog.json'))).rejects.toThrow(
      `SPEC ${at('catalog.json')} has neither input nor output nor tasks, so it is no run spec (docs/spec.md). Where it names the tiles, say where results go with --out`,
    );
    await expect(read(at('plain'))).rejects.toThrow(
      `${at('plain')} is taken as the input: say where results go with --out s3://bucket/prefix/. A spec in S3 is read where its name ends in .json.`,
    );
  });

  it('that is not there is told with what has named it', async () => {
    const told = async (work: Promise<unknown>): Promise<object> => problemOf(await work.catch((error: unknown) => error));
    const gone = at('nowhere.json');
    expect(await told(read(gone))).toMatchObject({
      exitCode: 2,
      sentence: expect.stringContaining(`SPEC: ${gone} is not there`) as string,
    });
    expect(await told(storedSpec({ spec: gone }))).toMatchObject({
      exitCode: 2,
      sentence: expect.stringContaining(`--spec: ${gone} is not there`) as string,
    });
    expect(await told(storedSpec({ spec: 's3://no-such-bucket-here/nightly.json' }))).toMatchObject({
      exitCode: 2,
      sentence: expect.stringMatching(/^--spec: Bucket no-such-bucket-here does not exist/u) as string,
    });
  });
});
