import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPlannedSpec } from '../../cli/planned-run.ts';
import { planProgressLine } from '../../cli/planning.ts';
import { problemOf } from '../../cli/problem.ts';
import { createProgram } from '../../cli/program.ts';
import type { Plan } from '../../domain/plan.ts';
import { readConfiguration } from '../../schema/configuration.ts';
import { parsePlan } from '../../schema/plan.ts';
import { openBucket, type Bucket } from '../e2e/bucket.ts';
import { recordedScreen } from '../support/recorded-screen.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { sharedServers } from '../support/servers.ts';

/** Nobody listens there: a plan asks no model. */
const SERVICES = { CAPTION_BASE_URL: 'http://127.0.0.1:1', VQA_BASE_URL: 'http://127.0.0.1:1' };

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function tilescribe(args: readonly string[], environment: Readonly<Record<string, string>> = SERVICES): Promise<Ended> {
  let [stdout, stderr, exitCode] = ['', '', 0];
  const program = createProgram({
    stdin: (async function* nothing() {})(),
    stdout: { write: (more) => void (stdout += Buffer.from(more).toString()) },
    stderr: { write: (more) => void (stderr += Buffer.from(more).toString()) },
    environment,
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

beforeEach(() => {
  for (const [name, value] of Object.entries(sharedServers().environment)) vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

describe('tilescribe plan', () => {
  let bucket: Bucket;
  beforeAll(async () => {
    bucket = await openBucket(sharedServers().s3);
    for (const name of ['a.tif', 'b.tif']) await bucket.put(`tiles/${name}`, `bytes of ${name}`);
    await bucket.put('tiles/a.tif.aux.xml', '<PAMDataset/>');
    return () => bucket.close();
  });
  const shortForm = (): string[] => [`s3://${bucket.name}/tiles/`, '--out', `s3://${bucket.name}/out/`, '--caption'];

  it('says what a run would ask, and writes nothing', async () => {
    const { exitCode, stdout } = await tilescribe(['plan', ...shortForm(), '--ask', 'How many ships?']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('input: 2 tiles; IGNORED 1: 1 sidecar\n');
    expect(stdout).toMatch(/^caption +2 +0 +0 +0 +0 +2$/mu);
    expect(stdout).toMatch(/^all +4 +0 +0 +0 +0 +4$/mu);
    expect(stdout).toContain(`  NEW: 4\n    s3://${bucket.name}/tiles/a.tif\n    s3://${bucket.name}/tiles/b.tif\n`);
    expect(stdout).toMatch(/^jobs: 4$/mu);
    expect(stdout).toMatch(/\nnext: the same command with run in place of plan\n$/u);
    expect(await bucket.keys('out/')).toEqual([]);
  });

  it('says what comes next of a spec in S3', async () => {
    const [input, output] = [{ uri: `s3://${bucket.name}/tiles/` }, { uri: `s3://${bucket.name}/out/` }];
    const spec = { dataset: 'harbours', input, output, tasks: [{ id: 'caption', kind: 'caption' }] };
    await bucket.put('harbours.json', JSON.stringify(spec));
    const { stdout } = await tilescribe(['plan', `s3://${bucket.name}/harbours.json`]);
    expect(stdout).toMatch(/\nnext: tilescribe run s3:\/\/\S+\/harbours\.json\n$/u);
  });

  it('says what comes next of a spec file, with what was asked beside it', async () => {
    const path = join(await scratchDirectory(), 'spec.json');
    const tasks = [{ id: 'caption', kind: 'caption' }];
    const [input, output] = [{ uri: `s3://${bucket.name}/tiles/` }, { uri: `s3://${bucket.name}/out/` }];
    await writeFile(path, JSON.stringify({ dataset: 'harbours', input, output, tasks }));
    const { stdout } = await tilescribe(['plan', path, '--sample', '1', '--all']);
    expect(stdout).toMatch(/\ninput: 1 tile\b/u);
    expect(stdout).toMatch(/\nnext: tilescribe run \S+spec\.json --sample 1 --all\n$/u);
  });

  it('says what comes next so that it can be pasted, whatever the file is called', async () => {
    const path = join(await scratchDirectory(), "it's my plan.json");
    const { stdout } = await tilescribe(['plan', ...shortForm(), '--save', path]);
    const [, words = ''] = /\nnext: tilescribe (.*)\n$/u.exec(stdout) ?? [];
    const read = execFileSync('sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
    expect(read).toBe(`run\n--plan\n${path}\n`);
  });

  it('--json prints the plan, --save keeps it, and a file that is there is not replaced', async () => {
    const path = join(await scratchDirectory(), 'plan.json');
    const { stdout, stderr } = await tilescribe(['plan', ...shortForm(), '--json', '--save', path]);
    expect(stderr).toContain(`saved: ${path}\n`);
    const saved = await readFile(path, 'utf8');
    expect(JSON.parse(saved)).toEqual(JSON.parse(stdout));
    expect(parsePlan(saved, path).totals).toMatchObject({ new: 2, owed: 2, jobs: 2, ignored: 1 });
    const again = await tilescribe(['plan', ...shortForm(), '--save', path]);
    expect(again).toMatchObject({ exitCode: 2, stdout: '' });
    expect(again.stderr).toContain(`--save ${path} is there already, and nothing was replaced.`);
  });

  it('refuses services that nobody configured before it lists anything', async () => {
    const { exitCode, stderr } = await tilescribe(['plan', ...shortForm()], {});
    expect(exitCode).toBe(2);
    expect(stderr).toContain('tasks[0].service: "caption" is not configured');
  });

  it('says what is not there', async () => {
    const { exitCode, stderr } = await tilescribe(['plan', `s3://${bucket.name}-not/t/`, ...shortForm().slice(1)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${bucket.name}-not`);
  });

  it('is refused as a run is where there is no tile', async () => {
    const { exitCode, stdout, stderr } = await tilescribe(['plan', `s3://${bucket.name}/tils/`, ...shortForm().slice(1)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`No tiles in s3://${bucket.name}/tils/: nothing is there. Did you mean s3://${bucket.name}/tiles/?`);
  });

  describe('run --plan', () => {
    async function savedPlan(): Promise<string> {
      const path = join(await scratchDirectory(), 'plan.json');
      expect((await tilescribe(['plan', ...shortForm(), '--save', path])).exitCode).toBe(0);
      return path;
    }

    it('takes the spec of a plan that still holds', async () => {
      const file = await savedPlan();
      const configuration = readConfiguration(SERVICES, () => '{}');
      const { screen } = recordedScreen();
      const spec = await readPlannedSpec({ file, priority: 'backfill', configuration, screen });
      expect(spec).toMatchObject({ dataset: 'tiles', priority: 'backfill', tasks: [{ id: 'caption' }] });
    });

    it('is refused with 2 where the world has changed, and says what', async () => {
      const file = await savedPlan();
      await bucket.put('tiles/c.tif', 'bytes of c.tif');
      const { exitCode, stderr } = await tilescribe(['run', '--plan', file]);
      expect(exitCode).toBe(2);
      expect(stderr.split('\n').slice(1, -1)).toEqual([
        '  The input has 3 tiles, 1 more than the 2 of the plan.',
        '  Task caption: owed 2 -> 3 (new 2 -> 3).',
        `  Now new, such as: s3://${bucket.name}/tiles/c.tif.`,
      ]);
    });

    it('is refused with 2 where the file is no plan, or not there', async () => {
      const path = join(await scratchDirectory(), 'spec.json');
      expect(await tilescribe(['run', '--plan', path])).toMatchObject({
        exitCode: 2,
        stderr: `The plan ${path} cannot be read: there is no such file. Give the path of a file that \`tilescribe plan SPEC --save FILE\` wrote.`,
      });
      await writeFile(path, JSON.stringify({ dataset: 'harbours' } satisfies Partial<Plan>));
      const { exitCode, stderr } = await tilescribe(['run', '--plan', path]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('  schema_version: missing; expected 1\n');
    });

    it('says so where the file is the spec itself', async () => {
      const path = join(await scratchDirectory(), 'spec.json');
      await writeFile(path, JSON.stringify({ dataset: 'harbours', tasks: [] }));
      expect(await tilescribe(['run', '--plan', path])).toMatchObject({
        exitCode: 2,
        stderr: `The plan ${path} is a run spec, and no plan. Run it as \`tilescribe run SPEC\`, or plan it first: \`tilescribe plan SPEC --save FILE\`.`,
      });
    });

    it('leaves nothing else to be asked', async () => {
      const { exitCode, stderr } = await tilescribe(['run', 'spec.json', '--plan', 'plan.json', '--sample', '5', '--limit', '3']);
      expect(exitCode).toBe(2);
      expect(stderr).toBe('spec.json, --limit, --sample: what is asked stands in the plan; leave it out, or leave out --plan.');
    });

    it('leaves no file behind but what was named', async () => {
      const file = await savedPlan();
      expect(await readdir(join(file, '..'))).toEqual(['plan.json']);
    });
  });
});

describe('the progress of a plan', () => {
  it('says how many tiles were compared so far', () => {
    expect(planProgressLine({ step: 'listing', tiles: 0 })).toBe('planning: listing the input');
    expect(planProgressLine({ step: 'comparing', tiles: 12_000 })).toBe(
      'planning: comparing the input with earlier runs: 12,000 tiles so far',
    );
  });
});
