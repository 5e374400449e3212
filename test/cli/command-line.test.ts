import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../support/scratch.ts';
import { tilescribe } from '../support/tilescribe.ts';

/** Nothing listens on port 1. */
const NOBODY = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const SPEC = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/tiles/' },
  output: { uri: 's3://results/harbours/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
};

async function specFile(document: unknown): Promise<string> {
  const path = join(await scratchDirectory(), 'spec.json');
  await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

describe('wrong usage ends with 2 and the nearest name', () => {
  it.each([
    [['run', 'x.json', '--capton'], "unknown option '--capton' (Did you mean --caption?)"],
    [['statsu'], "unknown command 'statsu' (Did you mean status?)"],
    [['run'], "missing required argument 'spec'"],
    [
      ['run', 's3://a/b/', '--limit', 'many'],
      "option '--limit <n>' argument 'many' is invalid. Expected a whole number from 1 on.",
    ],
    [['run', 'x.json', '--priority', 'high'], 'Allowed choices are interactive, nightly, backfill.'],
    [['export', 'a'], "required option '--format <format>' not specified"],
    [['export', 'a', '--format', 'xlsx'], 'Allowed choices are openai-batch, geojsonseq, csv.'],
    [['worker', '--role', 'io,cooks'], 'Expected one or more of workflows, io, inference'],
    [['budget', 'get'], "too many arguments for 'budget'"],
    [
      ['budget', 'set', '--gpus', '0'],
      "option '--gpus <n>' argument '0' is invalid. Expected a whole number from 1 on, or unset.",
    ],
    [
      ['budget', 'set', '--service', 'caption', '--max-containers', 'few'],
      "option '--max-containers <n>' argument 'few' is invalid. Expected a whole number from 1 on, or none or unset.",
    ],
  ])('tilescribe %j', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await tilescribe(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^tilescribe: /u);
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/\nSee `tilescribe .*--help`\.\n$/u);
  });

  it('without a command the help is shown', async () => {
    const { exitCode, stderr } = await tilescribe([]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Usage: tilescribe');
  });
});

describe('a spec is checked before anything is reached', () => {
  it('every mistake is told at once', async () => {
    const { exitCode, stderr } = await tilescribe(['run', await specFile({ dataset: 'Big', outptu: {} })]);
    expect(exitCode).toBe(2);
    for (const field of ['dataset: "Big"', 'input: missing', 'tasks: missing', 'outptu: unknown field; did you mean output?']) {
      expect(stderr).toContain(field);
    }
  });

  it('a file that is not there', async () => {
    const { exitCode, stderr } = await tilescribe(['run', 'nowhere.json']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'tilescribe: The spec nowhere.json cannot be read: there is no such file. Give the path of a spec, s3://bucket/key.json of one, - for standard input, or s3://bucket/prefix/ with --out.\n',
    );
  });

  it('a file that is not JSON', async () => {
    const { exitCode, stderr } = await tilescribe(['run', await specFile('{"dataset": ')]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^tilescribe: The spec .*spec\.json has 1 mistake:\n {2}not JSON: /u);
  });

  it('standard input is read for -', async () => {
    const { exitCode, stderr } = await tilescribe(['run', '-'], { stdin: '{}' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('dataset: missing');
  });

  it.each([
    [['run', 's3://imagery/tiles/', '--caption'], 'say where results go with --out'],
    [['run', 's3://imagery/tiles/', '--out', 's3://results/'], 'Nothing is asked'],
    [['run', '-', '--include', '*.tif'], '--include: only for the short form'],
    [['run', 's3://imagery/tiles/', '--out', 's3://results/', '--caption', '--run-id', 'a/b'], 'cannot be part of a key'],
    [['status', 's3://results/harbours/'], 'is not the address of a run'],
    [['watch', ''], 'No run is named: the argument is empty; expected a run id'],
  ])('tilescribe %j', async (args, sentence) => {
    const { exitCode, stderr } = await tilescribe(args, { environment: NOBODY });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe('the environment', () => {
  it('a variable that nobody knows ends with 2', async () => {
    const { exitCode, stderr } = await tilescribe(['run', await specFile(SPEC)], { environment: { TILESCRIBE_GPU: '2' } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('TILESCRIBE_GPU: unknown variable; did you mean TILESCRIBE_GPUS?');
  });

  it('a services file that is wrong ends with 2', async () => {
    const environment = { TILESCRIBE_SERVICES: await specFile({ services: { caption: { baseUrl: 'ftp://x' } } }) };
    const { exitCode, stderr } = await tilescribe(['run', await specFile(SPEC)], { environment });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('services.caption.baseUrl');
  });
});

describe('without Temporal', () => {
  it('whatever needs it ends with 4 and names the address', async () => {
    const commands = [['list'], ['status', 'a'], ['watch', 'a'], ['pause', 'a'], ['cancel', 'a'], ['budget']];
    const ended = await Promise.all(commands.map((args) => tilescribe(args, { environment: NOBODY })));
    for (const { exitCode, stdout, stderr } of ended) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
      expect(stderr).toMatch(/^tilescribe: No Temporal server answers at 127\.0\.0\.1:1\. Start one with `tilescribe local up`/u);
      expect(stderr).not.toMatch(/\n\s+at /u);
    }
  });
});

describe('standard output', () => {
  it('the version is that of the package', async () => {
    expect((await tilescribe(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });

  it('a reader that has seen enough is no mistake', () => {
    const entry = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));
    const script = `"${process.execPath}" "${entry}" run --help | true; exit "\${PIPESTATUS[0]}"`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
