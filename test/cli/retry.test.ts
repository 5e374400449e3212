import { beforeAll, describe, expect, it } from 'vitest';
import { readRetried, retriedSpec } from '../../cli/retried-run.ts';
import { runDocument } from '../../schema/run.ts';
import type { Bucket } from '../e2e/bucket.ts';
import { RUN } from '../report/fixture.ts';
import { sharedServers } from '../support/servers.ts';
import { tilescribe, type Invocation } from '../support/tilescribe.ts';
import { storeRun } from './stored-run-fixture.ts';

/** Nothing listens on port 1: whatever is started after all ends with 4. */
const NOBODY = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const REPORT = {
  errors: [
    { code: 'decode_failed', count: 1 },
    { code: 'empty_tile', count: 1 },
  ],
};
const COLOPHON = { specSha256: '0', gpus: 2, versions: {} };

let uri = '';
let bucket: Bucket;
const ends: (() => void)[] = [];
beforeAll(async () => {
  const stored = await storeRun((end) => void ends.push(end));
  ({ uri, bucket } = stored);
  const output = { uri: `s3://${bucket.name}/out/` };
  await bucket.put(`${stored.prefix}run.json`, JSON.stringify(runDocument({ ...RUN, spec: { ...RUN.spec, output } }, COLOPHON)));
  await bucket.put(`${stored.prefix}report.json`, JSON.stringify(REPORT));
  return () => ends.forEach((end) => end());
});

function retry(...args: string[]): Promise<Invocation> {
  return tilescribe(['retry', ...args], { environment: { ...sharedServers().environment, ...NOBODY } });
}

describe('tilescribe retry', () => {
  it('starts nothing where nothing failed like that, says what there is, and ends with 0', async () => {
    expect(await retry(uri, '--code', 'timeout', '--class', 'service')).toEqual({
      exitCode: 0,
      stdout:
        'Run harbours-1 has no failed records of code timeout or class service; it has 1 decode_failed, 1 empty_tile: nothing is started.\n',
      stderr: '',
    });
  });

  it('prints no sentence where the id of a run is waited for', async () => {
    const { exitCode, stdout, stderr } = await retry(uri, '--code', 'timeout', '--detach');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/: nothing is started\.\n$/u);
  });

  it('tells a program the same', async () => {
    const { exitCode, stdout } = await retry(uri, '--code', 'missing', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      run_id: null,
      retry_of: 'harbours-1',
      failed: 0,
      errors: { decode_failed: 1, empty_tile: 1 },
    });
  });

  it('starts a run where something failed, or was skipped and that is asked for, and says what a retry does not ask', async () => {
    for (const { exitCode, stderr } of await Promise.all([retry(uri), retry(uri, '--class', 'skipped')])) {
      expect(exitCode).toBe(4);
      expect(stderr).toMatch(
        /^run harbours-1 was cancelled before 3 tasks began; `tilescribe run` with its spec asks these too\n/u,
      );
      expect(stderr).toContain('No Temporal server answers at 127.0.0.1:1');
    }
  });

  it('says of a run whose window ended first what that left', async () => {
    const { bucket: own, uri: night, prefix } = await storeRun((end) => void ends.push(end));
    const manifest = JSON.parse(Buffer.from(await own.get(`${prefix}manifest.json`)).toString()) as object;
    await own.put(`${prefix}manifest.json`, JSON.stringify({ ...manifest, state: 'complete', window_ended: true }));
    const spec = { ...RUN.spec, output: { uri: `s3://${own.name}/out/` } };
    await own.put(`${prefix}run.json`, JSON.stringify(runDocument({ ...RUN, spec }, COLOPHON)));
    await own.put(`${prefix}report.json`, JSON.stringify(REPORT));
    const sentence = /^the window of run harbours-1 ended before 3 tasks began; `tilescribe run` with its spec asks these too\n/u;
    expect((await retry(night)).stderr).toMatch(sentence);
  });

  it('is refused for a run that has not ended', async () => {
    const { exitCode, stderr } = await retry(uri.replace('harbours-1', 'harbours-2'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('run=harbours-2/manifest.json is not there: the run has not ended');
  });

  it('is refused for a copy, whose run is elsewhere', async () => {
    for (const name of ['run.json', 'manifest.json', 'report.json'])
      await bucket.put(`copy/run=harbours-1/${name}`, await bucket.get(`out/run=harbours-1/${name}`));
    const { exitCode, stderr } = await retry(uri.replace('/out/', '/copy/'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`is a copy: the run wrote to ${uri}.`);
  });

  it.each([
    [['--code', 'timeot'], "option '--code <code>' argument 'timeot' is invalid. Did you mean timeout?"],
    [['--class', 'x-rays'], 'is invalid. Expected one of input, skipped, service, run.'],
    [['--run-id', 'a/b', '--code', 'decode_failed'], '--run-id "a/b" cannot be part of a key'],
  ])('%j ends with 2', async (args, sentence) => {
    const { exitCode, stderr } = await retry(uri, ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe('the run that is retried', () => {
  const files: Record<string, string | null> = {
    'run.json': JSON.stringify(runDocument(RUN, COLOPHON)),
    'manifest.json': null,
    'report.json': null,
  };

  /** @returns what `readRetried` reads of a manifest with these counts, and no report. */
  async function read(counts: { failed: number }): Promise<Awaited<ReturnType<typeof readRetried>>> {
    const totals = { inputs: 1, tasks: 1, expected: 1, ok: 1 - counts.failed, skipped: 0, unfinished: 0, ...counts };
    const times = { started_at: '2026-01-01T00:00:00Z', ended_at: '2026-01-01T01:00:00Z' };
    const ignored = { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 };
    const head = { schema_version: 1, run_id: 'harbours-1', dataset: 'harbours', state: 'complete' };
    const manifest = JSON.stringify({ ...head, ...times, ...totals, ignored, missing: [], parts: [] });
    const texts: Record<string, string | null> = { ...files, 'manifest.json': manifest };
    const nothing = async (): Promise<never> => expect.unreachable();
    const output = { uri: 's3://results/harbours/run=harbours-1/', bytes: nothing, close: async () => undefined };
    return readRetried({ ...output, text: async (path) => texts[path] ?? null });
  }

  it('has no known errors where its report is gone, unless its manifest says that there are none', async () => {
    expect((await read({ failed: 1 })).counts).toBeNull();
    expect((await read({ failed: 0 })).counts).toEqual({});
  });

  it('lends its spec to the retry, which may come at another priority', async () => {
    const retried = await read({ failed: 1 });
    const asked = { run: 'harbours-1', codes: ['timeout'] } as const;
    expect(retriedSpec(retried, asked)).toEqual({ ...RUN.spec, retry: asked });
    expect(retriedSpec(retried, asked, 'backfill')).toEqual({ ...RUN.spec, priority: 'backfill', retry: asked });
  });
});
