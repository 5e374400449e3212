import { describe, expect, it } from 'vitest';
import { createObjectStores } from '../../adapters/s3/store.ts';
import { captionIn, emptyOutput, layRun, shipsIn } from '../current/laid-run.ts';
import { createTestBucket, sharedServers } from '../support/servers.ts';
import { tilescribe, type Invocation } from '../support/tilescribe.ts';

/** An output in a real bucket with two runs that ended before there was a view, and the command. */
interface World {
  /** `s3://…/harbours/` */
  readonly uri: string;
  keys(prefix: string): Promise<string[]>;
  remove(runId: string): Promise<void>;
  tilescribe(...args: string[]): Promise<Invocation>;
}

async function world(): Promise<World> {
  const { environment } = sharedServers();
  const bucket = await createTestBucket('current');
  const stores = createObjectStores(environment);
  const output = stores.output({});
  const memory = emptyOutput();
  layRun(memory, { runId: 'r1', began: 0, records: ['a.tif', 'b.tif'].map((key) => captionIn('r1', key, 1)) });
  layRun(memory, { runId: 'r2', began: 10, records: [captionIn('r2', 'b.tif', 11), shipsIn('r2', 'b.tif', 12)] });
  for (const key of memory.keys('results')) await output.put({ bucket, key }, memory.text(`s3://results/${key}`));
  const keys = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of output.list({ bucket, prefix: `harbours/${prefix}` })) found.push(...page.map(({ key }) => key));
    return found;
  };
  return {
    uri: `s3://${bucket}/harbours/`,
    keys,
    remove: async (runId) => {
      const { createObjectRemover } = await import('../../adapters/s3/remover.ts');
      const remover = createObjectRemover({ bucket, prefix: '' }, environment);
      for (const key of await keys(`run=${runId}/`)) await remover.remove({ bucket, key });
      remover.close();
    },
    tilescribe: (...args) => tilescribe(args, { environment: { ...environment } }),
  };
}

describe('tilescribe current', () => {
  it('says where there is no view, and how to make one', async () => {
    const { uri, tilescribe: command } = await world();
    const { exitCode, stdout, stderr } = await command('current', uri);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`\`tilescribe current rebuild ${uri}\``);
  });

  it('makes the view of the runs, shows it, and exports it', async () => {
    const { uri, tilescribe: command } = await world();
    const made = await command('current', 'rebuild', uri, '--json');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const tasks = [
      { task_id: 'caption', folder: 'captions/', records: 2 },
      { task_id: 'ships', folder: 'answers/', records: 1 },
    ];
    expect(JSON.parse(made.stdout)).toMatchObject({ uri: `${uri}current/`, generation: 1, records: 3, tasks, gone: [] });
    const shown = await command('current', `${uri}current/`);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(
      /: 3 records of 2 runs in 2 parts, [\d,]+ bytes\n {2}TASK {5}FOLDER {5}RECORDS\n {2}caption {2}captions\/ {2}2\n {2}ships {4}answers\/ {3}1\ngeneration 1, since .*; the run that began last is r2 /u,
    );
    const exported = await command('export', `${uri}current`, '--format', 'csv', '--task', 'caption');
    expect(exported.exitCode).toBe(0);
    expect(exported.stdout.split('\r\n').slice(1, -1)).toEqual([
      expect.stringContaining('"a.tif, seen by r1."'),
      expect.stringContaining('"b.tif, seen by r2."'),
    ]);
    const wrong = await command('export', `${uri}current/`, '--format', 'csv', '--task', 'boats');
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('it has caption, ships') });
  });

  it('says of an export where it went, of no run', async () => {
    const { uri, tilescribe: command } = await world();
    await command('current', 'rebuild', uri);
    const out = `${uri}newest.csv`;
    const { exitCode, stdout } = await command('export', `${uri}current/`, '--format', 'csv', '--out', out, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ run_id: null, state: 'current', records: 3, out });
  });

  it('refuses to make a view that has less, unless it is told to', async () => {
    const { uri, remove, tilescribe: command } = await world();
    await command('current', 'rebuild', uri);
    await remove('r1');
    const refused = await command('current', 'rebuild', uri);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/r1.*--force/u) });
    const forced = await command('current', 'rebuild', uri, '--force');
    expect(forced).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('given up: what 1 run had') });
    expect(JSON.parse((await command('current', uri, '--json')).stdout)).toMatchObject({ generation: 2, records: 2 });
  });

  it('removes no part that is younger than it is told to', async () => {
    const { uri, keys, tilescribe: command } = await world();
    for (let n = 0; n < 2; n += 1) await command('current', 'rebuild', uri);
    const before = await keys('current/');
    const { exitCode, stdout } = await command('current', 'prune', uri, '--yes', '--json');
    expect({ exitCode, report: JSON.parse(stdout) as unknown }).toEqual({
      exitCode: 0,
      report: { uri: `${uri}current/`, superseded: 0, removed: 0, bytes: 0, refused: null },
    });
    expect(await keys('current/')).toEqual(before);
    expect(await command('current', 'prune', uri, '--older-than', '0')).toMatchObject({ exitCode: 2 });
  });

  it('refuses the address of a run', async () => {
    const { uri, tilescribe: command } = await world();
    const refused = { exitCode: 2, stderr: expect.stringContaining('is not the address of an output') };
    for (const args of [['current'], ['current', 'rebuild'], ['current', 'prune']])
      expect(await command(...args, `${uri}run=r1/`)).toMatchObject(refused);
  });
});
