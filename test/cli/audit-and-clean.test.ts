import { describe, expect, it } from 'vitest';
import { createObjectStores } from '../../adapters/s3/store.ts';
import { inFlight, tileOf } from '../activities/harvest/harvest-world.ts';
import { put, REF } from '../activities/merged-range.ts';
import { CUT_SHORT, edit, finishedRun, removeFrom } from '../audit/finished-run.ts';
import { answer, startLoopback } from '../support/loopback.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { createTestBucket, sharedServers } from '../support/servers.ts';
import { tilescribe, type Invocation } from '../support/tilescribe.ts';

const CAPTIONS = 'captions/part-00000.jsonl';
const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };

/** A run in a real bucket, and the command with what it needs to reach it. */
interface Stored {
  readonly uri: string;
  /** Paths below `run=<id>/`. */
  paths(): Promise<string[]>;
  tilescribe(...args: string[]): Promise<Invocation>;
}

async function stored(run: MemoryStore): Promise<Stored> {
  const { environment } = sharedServers();
  const bucket = await createTestBucket('audit');
  const stores = createObjectStores(environment);
  const output = stores.output({});
  for (const key of run.keys(REF.bucket)) await output.put({ bucket, key }, run.text(`s3://${REF.bucket}/${key}`));
  const paths = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of output.list({ bucket, prefix: REF.prefix })) found.push(...page.map(({ key }) => key));
    return found.map((key) => key.slice(REF.prefix.length));
  };
  return {
    uri: `s3://${bucket}/${REF.prefix}`,
    paths,
    tilescribe: (...args) => tilescribe(args, { environment: { ...environment } }),
  };
}

describe('tilescribe audit', () => {
  it('says in one line that all is well', async () => {
    const run = await stored(await finishedRun());
    expect(await run.tilescribe('audit', run.uri, '--no-sources')).toEqual({
      exitCode: 0,
      stdout: 'harbours-1 is as its manifest says: complete, 6 tiles, 12 records in 6 parts, sources not looked at.\n',
      stderr: '',
    });
  });

  it('exits with 1 and names path and line where something differs', async () => {
    const store = await finishedRun();
    edit(store, CAPTIONS, (text) => `${text.split('\n').slice(0, 2).toReversed().join('\n')}\n`);
    const run = await stored(store);
    const { exitCode, stdout } = await run.tilescribe('audit', run.uri, '--no-sources');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^harbours-1 differs: 2 differences\.\npart_changed \(1\): .*\n {2}captions\/part-00000\.jsonl: has SHA-256 /u,
    );
    expect(stdout).toContain(
      'order (1): lines out of order\n  captions/part-00000.jsonl line 2: imagery/a.tif#caption stands behind',
    );
    const json = await run.tilescribe('audit', run.uri, '--no-sources', '--json');
    expect(json).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      run_id: 'harbours-1',
      uri: run.uri,
      sound: false,
      difference_count: 2,
      counts: { part_changed: 1, order: 1 },
      differences: [
        { kind: 'part_changed', path: CAPTIONS, line: null },
        { kind: 'order', path: CAPTIONS, line: 2 },
      ],
    });
  });

  it('exits with 2 for what is no run, or is not finished', async () => {
    const store = await finishedRun();
    removeFrom(store, 'manifest.json');
    const run = await stored(store);
    for (const uri of [run.uri, 's3://results/harbours/']) {
      const { exitCode, stdout, stderr } = await run.tilescribe('audit', uri);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^tilescribe: s3:\/\/.* (?:is not finished|is not the address of a run)/u);
    }
  });

  it('exits with 3 where S3 refuses, and with 4 where it is away', async () => {
    const refusal = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    const server = await startLoopback(answer(403, refusal, { 'content-type': 'application/xml' }));
    try {
      const denied = { ...KEYS, AWS_ENDPOINT_URL: server.origin };
      expect(await tilescribe(['audit', 's3://results/run=1/'], { environment: denied })).toMatchObject({
        exitCode: 3,
        stdout: '',
      });
    } finally {
      await server.close();
    }
    const away = { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(await tilescribe(['audit', 's3://results/run=1/'], { environment: away })).toMatchObject({ exitCode: 4, stdout: '' });
  });
});

describe('tilescribe clean', () => {
  it('removes _work/ of a sound run and nothing else; status and audit work without it', async () => {
    const run = await stored(await finishedRun());
    const before = await run.paths();
    const work = before.filter((path) => path.startsWith('_work/'));
    const status = await run.tilescribe('status', run.uri, '--json');
    const { exitCode, stdout } = await run.tilescribe('clean', run.uri);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^harbours-1: removed ${work.length} objects below _work/\\. run\\.json, manifest/, .* stay\\.\n$`, 'u'),
    );
    expect(await run.paths()).toEqual(before.filter((path) => !work.includes(path)));
    expect(await run.tilescribe('audit', run.uri, '--no-sources')).toMatchObject({ exitCode: 0 });
    expect(await run.tilescribe('status', run.uri, '--json')).toEqual(status);
    expect(await run.tilescribe('clean', run.uri)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no working files'),
    });
  });

  it('removes nothing of a run in which something differs, and shows what', async () => {
    const store = await finishedRun();
    removeFrom(store, CAPTIONS);
    const run = await stored(store);
    const before = await run.paths();
    const { exitCode, stdout } = await run.tilescribe('clean', run.uri, '--yes', '--force');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`  ${CAPTIONS}: is named by manifest.json and not there.\n`);
    expect(stdout).toMatch(/\nNothing was removed: .*\n$/u);
    const json = await run.tilescribe('clean', run.uri, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ sound: false, removed: 0, refused: 'differences' });
    expect(await run.paths()).toEqual(before);
  });

  it('refuses a run that is not finished', async () => {
    const store = await finishedRun();
    removeFrom(store, 'manifest.json');
    const run = await stored(store);
    const before = await run.paths();
    expect(await run.tilescribe('clean', run.uri, '--yes')).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run.paths()).toEqual(before);
  });

  it('keeps what a later run could still collect, unless it is told to give it up', async () => {
    const store = await finishedRun('cancelled', CUT_SHORT);
    const now = Date.now();
    const task = inFlight(tileOf('e.tif'), 'call-e', { beganAtMs: now - 60_000, deadlineAtMs: now - 1 });
    put(store, '_work/vqa/0/00000002.jsonl', `${JSON.stringify({ kind: 'slice', n: 2, state: { tasks: [task] } })}\n`);
    const run = await stored(store);
    const refused = await run.tilescribe('clean', run.uri, '--yes');
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(
      /^harbours-1 left 1 job in flight that a later run .*\nNothing was removed; --force gives them up\.\n$/u,
    );
    expect(await run.tilescribe('clean', run.uri, '--force')).toMatchObject({ exitCode: 0 });
    expect((await run.paths()).filter((path) => path.startsWith('_work/'))).toEqual([]);
    expect(await run.tilescribe('audit', run.uri, '--no-sources')).toMatchObject({ exitCode: 0 });
  });
});
