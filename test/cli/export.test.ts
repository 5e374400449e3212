import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { problemOf } from '../../cli/problem.ts';
import { createProgram } from '../../cli/program.ts';
import { grouped } from '../../domain/quantity.ts';
import { parseCsv } from '../export/csv-parser.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { sharedServers } from '../support/servers.ts';
import { LEFT, storeRun, type StoredRun } from './stored-run-fixture.ts';

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Manner {
  readonly terminal?: boolean;
  /** Is told of everything that is printed. */
  readonly printed?: () => void;
}

async function tilescribe(args: readonly string[], { terminal = false, printed = () => undefined }: Manner = {}): Promise<Ended> {
  let [stdout, stderr, exitCode] = ['', '', 0];
  const program = createProgram({
    stdin: (async function* nothing() {})(),
    stdout: {
      isTTY: terminal,
      write: (more) => {
        stdout += Buffer.from(more).toString();
        printed();
      },
    },
    stderr: { write: (more) => void (stderr += Buffer.from(more).toString()) },
    environment: {},
    ended: (code) => void (exitCode = code),
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    const problem = problemOf(error);
    return { exitCode: problem.exitCode, stdout, stderr: problem.sentence };
  }
  return { exitCode, stdout, stderr };
}

const everything = Object.values(LEFT).flat();
const idsOf = (jsonLines: string): string[] =>
  jsonLines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { custom_id: string }).custom_id);

beforeEach(() => {
  for (const [name, value] of Object.entries(sharedServers().environment)) vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

describe('a run that has ended', () => {
  let run: StoredRun;
  const closers: (() => void)[] = [];
  beforeAll(async () => {
    run = await storeRun((close) => closers.push(close));
    return () => closers.forEach((close) => close());
  });

  it('is printed into a pipe, part after part, and what is said of it goes elsewhere', async () => {
    const { exitCode, stdout, stderr } = await tilescribe(['export', run.uri, '--format', 'openai-batch']);
    expect(exitCode).toBe(0);
    expect(idsOf(stdout)).toEqual(everything.map((one) => `${one.task_id}:${one.record_id}`));
    expect(stderr).toContain('the run is cancelled: 3 of 8 tasks are unfinished\n');
    expect(stderr).toContain(`exported: 5 records, ${grouped(Buffer.byteLength(stdout))} bytes, to standard output\n`);
  });

  it.each([
    [
      ['--status', 'ok'],
      ['tiles/=a.tif', 'tiles/b.tif', 'tiles/=a.tif'],
    ],
    [['--status', 'ok', '--task', 'ships'], ['tiles/=a.tif']],
    [['--status', 'failed'], ['tiles/c.tif']],
    [['--status', 'skipped', '--task', 'caption'], ['tiles/d.tif']],
  ])('is cut down by %j', async (options, keys) => {
    const { stdout } = await tilescribe(['export', run.uri, '--format', 'csv', ...options]);
    const [header = [], ...lines] = parseCsv(stdout);
    const at = header.findIndex(({ text }) => text === 'key');
    expect(lines.map((cells) => cells[at]?.text)).toEqual(keys);
  });

  it('leaves what has no place out of a map, and says so', async () => {
    const { stdout, stderr } = await tilescribe(['export', run.uri, '--format', 'geojsonseq']);
    expect(stdout.split('\u001E').slice(1)).toHaveLength(2);
    expect(stderr).toContain('left out: 3 records without a place\n');
  });

  it('is a file that is there whole, of which --json tells', async () => {
    const directory = await scratchDirectory();
    const out = join(directory, 'harbours.csv');
    const { exitCode, stdout } = await tilescribe(['export', run.uri, '--format', 'csv', '--bom', '--out', out, '--json']);
    const bytes = await readFile(out);
    expect(exitCode).toBe(0);
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(JSON.parse(stdout)).toEqual({
      run_id: 'harbours-1',
      state: 'cancelled',
      format: 'csv',
      out,
      records: 5,
      left_out: 0,
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(await readdir(directory)).toEqual(['harbours.csv']);
  });

  it('replaces no file without --force, and with it the file that a link leads to', async () => {
    const directory = await scratchDirectory();
    const [file, name] = [join(directory, 'mine.csv'), join(directory, 'link.csv')];
    await writeFile(file, 'mine');
    await symlink(file, name);
    const refused = await tilescribe(['export', run.uri, '--format', 'csv', '--out', name]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('is there already') });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await tilescribe(['export', run.uri, '--format', 'csv', '--out', name, '--force'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(file, 'utf8')).toContain('harbours-1');
  });

  it('is an object that replaces none', async () => {
    const out = `s3://${run.bucket.name}/exports/harbours.jsonl`;
    const first = await tilescribe(['export', run.uri, '--format', 'openai-batch', '--out', out]);
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`to ${out}\n`) });
    const text = Buffer.from(await run.bucket.get('exports/harbours.jsonl')).toString();
    expect(idsOf(text)).toHaveLength(5);
    const second = await tilescribe(['export', run.uri, '--format', 'csv', '--out', out]);
    expect(second).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nothing was replaced') });
    expect(Buffer.from(await run.bucket.get('exports/harbours.jsonl')).toString()).toBe(text);
  });

  it.each([
    [['--format', 'csv', '--out', '/dev/null', '--force'], 'is there and is no file'],
    [['--format', 'csv', '--out', '/nowhere/x.csv'], 'its folder is not there'],
    [['--format', 'csv', '--out', 's3://results/exports/'], 'expected s3://bucket/key'],
    [['--format', 'csv', '--out', 's3://results/out/run=x/captions.csv'], 'is inside the folder of a run'],
    [['--format', 'csv', '--out', 's3://results/x.csv', '--force'], 'objects in S3 are never replaced'],
    [['--format', 'geojsonseq', '--bom'], '--bom is for --format csv'],
    [['--format', 'csv', '--json'], 'say where the export goes with --out'],
  ])('is not exported with %j', async (options, sentence) => {
    expect(await tilescribe(['export', run.uri, ...options])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(sentence),
    });
  });

  it('does not flood a terminal unasked', async () => {
    const refused = await tilescribe(['export', run.uri, '--format', 'csv'], { terminal: true });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('--out - to print it here') });
    const asked = await tilescribe(['export', run.uri, '--format', 'csv', '--out', '-'], { terminal: true });
    expect(asked.stdout).toContain('A harbour with two piers.');
  });
});

describe('Ctrl-C', () => {
  it('ends with 130, and the rest is not exported', async () => {
    const run = await storeRun((close) => onTestFinished(close));
    const printed = (): void => void process.emit('SIGINT');
    const ended = await tilescribe(['export', run.uri, '--format', 'csv'], { printed });
    expect(ended).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('interrupted') });
    expect(parseCsv(ended.stdout)).toHaveLength(1);
  });
});

describe('a run that something has changed', () => {
  const text = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const [first = {}, second = {}] = LEFT['captions/part-00000.jsonl'] ?? [];

  it.each([
    ['another word', text([first, second]).replace('harbour with two', 'harbour with six'), 'is not what manifest.json lists'],
    ['a line less', text([first]), 'is not what manifest.json lists'],
    ['a line more', text([first, second, second]), 'has more than the'],
    ['no JSON', text([first, second]).replace('{', '['), 'has a line that is not a JSON object'],
    ['no UTF-8', Buffer.from([0xff, 0x0a]), 'is not UTF-8'],
  ])('with %s ends with 1 and leaves nothing', async (_, body, sentence) => {
    const run = await storeRun((close) => onTestFinished(close));
    await run.bucket.put(`${run.prefix}captions/part-00000.jsonl`, body);
    const out = join(await scratchDirectory(), 'x.csv');
    const object = `s3://${run.bucket.name}/x.csv`;
    for (const where of [out, object]) {
      const ended = await tilescribe(['export', run.uri, '--format', 'csv', '--out', where]);
      expect(ended).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(sentence) });
      expect(ended.stderr).toContain(`${run.uri}captions/part-00000.jsonl`);
    }
    expect(await readdir(join(out, '..'))).toEqual([]);
    expect(await run.bucket.keys('x')).toEqual([]);
  });

  it('has not ended where it has no manifest.json', async () => {
    const run = await storeRun((close) => onTestFinished(close));
    const ended = await tilescribe(['export', run.uri.replace('harbours-1', 'other'), '--format', 'csv']);
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('manifest.json is not there') });
  });
});
