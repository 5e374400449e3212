import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sharedServers } from '../support/servers.ts';
import { schedule as tilescribe } from './schedule-command.ts';
import { NIGHTLY_SPEC, storedNightly, type StoredNightly } from './stored-nightly.ts';

let nightly: StoredNightly;
beforeAll(async () => {
  nightly = await storedNightly();
  await nightly.bucket.put(
    'wrong.json',
    JSON.stringify({ ...NIGHTLY_SPEC, taks: [], input: { uri: 's3://imagery/{date:YY}/' } }),
  );
  await nightly.bucket.put('torn.json', '{"dataset": ');
});
afterAll(() => nightly.close());

const creating = (name: string, ...more: readonly string[]): string[] => {
  const times = ['--cron', '0 2 * * *', '--timezone', 'Asia/Kolkata'];
  return ['create', name, ...times, '--spec', nightly.spec, ...more];
};
const described = async (name: string): Promise<object> =>
  JSON.parse((await tilescribe('describe', name, '--json')).stdout) as object;

describe('tilescribe schedule create', () => {
  it('says what was made, when it comes, and what the first run asks', async () => {
    const { exitCode, stdout } = await tilescribe(...creating('nightly', '--until', '06:00'));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`created schedule nightly: "0 2 * * *" Asia/Kolkata, dataset harbours, ${nightly.spec}\nnext:\n`);
    const times = stdout.matchAll(/^ {2}(\S+) 02:00 Asia\/Kolkata {2}(\S+)T20:30:00Z {2}run nightly-\2T20:30:00Z$/gmu);
    const [first] = [...times].map(([, there = '', utc = '']) => ({ there, utc }));
    // The night before is, in Greenwich, the day on which the clocks of Kolkata show two.
    expect(stdout).toContain(`  input   s3://imagery/${first?.utc.replaceAll('-', '/')}/\n  output  s3://results/harbours/\n`);
    expect(stdout).toContain(`  until   ${first?.there} 06:00 Asia/Kolkata, 4 h after it is due\n`);
  });

  it('tells programs the same', async () => {
    const { stdout } = await tilescribe(...creating('told', '--priority', 'backfill', '--catch-up', '2', '--paused', '--json'));
    const document = JSON.parse(stdout) as { next: string[] };
    expect(document).toMatchObject({
      name: 'told',
      dataset: 'harbours',
      spec: nightly.spec,
      until: null,
      priority: 'backfill',
      cron: '0 2 * * *',
      time_zone: 'Asia/Kolkata',
      catch_up_hours: 2,
      paused: true,
      replaced: false,
      first: { output: 's3://results/harbours/', until: null },
    });
    expect(document.next[0]).toMatch(/T20:30:00Z$/u);
  });

  it('refuses a name that is taken, and changes it in place where it is told to', async () => {
    await tilescribe(...creating('again'));
    const refused = await tilescribe(...creating('again', '--until', '05:00'));
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/There is a schedule again already\. .*--replace.*tilescribe schedule delete again/u);
    expect(await described('again')).toMatchObject({ until: null });
    const replaced = await tilescribe(...creating('again', '--until', '05:00', '--replace'));
    expect(replaced.stdout).toContain('replaced schedule again: ');
    expect(await described('again')).toMatchObject({ until: '05:00' });
  });

  it.each([
    [['a/b'], 2, 'A schedule cannot be called "a/b"'],
    [['bad', '--cron', '0 25 * * *'], 2, 'Hour is not in range [0-23]. Expected five fields'],
    [['bad', '--cron', '0 2 31 2 *'], 2, 'The time of the cron expression "0 2 31 2 *" never comes; nothing was made.'],
    [['bad', '--spec', 's3://BUCKET/nowhere.json'], 2, 'nowhere.json is not there'],
    [['bad', '--spec', 's3://BUCKET/torn.json'], 2, 'torn.json has 1 mistake:\n  not JSON: '],
    [['bad', '--spec', 's3://BUCKET/wrong.json'], 2, 'input.uri: {date:YY} is no date'],
  ])('%j is refused before anything is made', async (more, exitCode, sentence) => {
    const [name = '', ...options] = more.map((word) => word.replace('BUCKET', nightly.bucket.name));
    const refused = await tilescribe(...creating(name, ...options));
    expect(refused).toMatchObject({ exitCode, stdout: '' });
    expect(refused.stderr).toContain(sentence);
    expect(await tilescribe('describe', 'bad')).toMatchObject({ exitCode: 2 });
  });

  it.each([
    [['--timezone', 'Mars/Olympus'], 'Expected the name of a time zone, such as Asia/Kolkata.'],
    [
      ['--cron', '0 0 2 * * *'],
      'Expected five fields (minute, hour, day of month, month, day of week) without #, or "@every 6h".',
    ],
    [
      ['--cron', '0 2 * * 1#2'],
      'Expected five fields (minute, hour, day of month, month, day of week) without #, or "@every 6h".',
    ],
    [['--until', '6am'], 'Expected a time of the day as HH:MM.'],
    [['--spec', 'nightly.json'], 'Expected s3://bucket/key of a spec.'],
    [['--priority', 'interactive'], 'Allowed choices are nightly, backfill.'],
    [['--catch-up', '0'], 'Expected a whole number from 1 to 8760.'],
    [['--catch-up', '9999999999999'], 'Expected a whole number from 1 to 8760.'],
  ])('%j is wrong usage', async (more, sentence) => {
    expect((await tilescribe(...creating('bad', ...more))).stderr).toContain(sentence);
  });
});

describe('a schedule that is there', () => {
  it('is paused with a reason, resumed, triggered, described with its runs, listed and deleted', async () => {
    await tilescribe(...creating('kept'));
    expect((await tilescribe('pause', 'kept', '--note', 'new GPUs')).stdout).toContain('kept is paused: no run starts');
    await tilescribe('pause', 'kept');
    expect((await tilescribe('describe', 'kept')).stdout).toMatch(/^ {2}state +paused \(new GPUs\)$/mu);
    expect((await tilescribe('resume', 'kept')).stdout).toMatch(/^kept is on again; next: \S+T20:30:00Z\./u);
    const triggered = await tilescribe('trigger', 'kept');
    expect(triggered.stdout).toMatch(/^started run kept-20\S+Z; follow it/u);
    expect(triggered.stderr).toMatch(/^tilescribe: no worker is polling task queue tilescribe: start one with/u);
    expect((await tilescribe('trigger', 'kept')).stdout).toContain('a run of kept is open: the next one starts');
    const { stdout } = await tilescribe('describe', 'kept');
    expect(stdout).toMatch(
      /^ {2}counts +1 run started; 1 waiting for an open one; 0 missed \(more than 12 h late\); 0 left out/mu,
    );
    expect(stdout).toMatch(/^ {2}kept-20\S+Z {2}\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? +\S+Z {2}open$/mu);
    await expect
      .poll(async () => (await tilescribe('list')).stdout)
      .toMatch(/^kept +running +0 2 \* \* \* +Asia\/Kolkata +\S+ 02:00 +s3:/mu);
    const deleted = await tilescribe('delete', 'kept', '--yes');
    expect(deleted.stdout).toMatch(
      /^deleted schedule kept\. 1 open run of it will go on: kept-20\S+Z\. The run that waits for kept-20\S+Z will not start; /mu,
    );
  });

  it('shows why a run failed', async () => {
    await tilescribe(...creating('failing'));
    const { stdout } = await tilescribe('trigger', 'failing', '--json');
    const { run_id: runId } = JSON.parse(stdout) as { run_id: string };
    await nightly.namespace.client.workflow.getHandle(runId).terminate('tired of it');
    const runs = [{ run_id: runId, state: 'failed', reason: expect.stringContaining('was terminated in Temporal') as string }];
    expect(await described('failing')).toMatchObject({ runs, started: 1 });
  });
});

describe('a schedule that is not there', () => {
  it.each([['describe'], ['pause'], ['resume'], ['trigger'], ['delete']])('%s names those that are near', async (order) => {
    await tilescribe(...creating('weekly'));
    const sentence = 'There is no schedule weeekly. Did you mean weekly?';
    await expect.poll(async () => (await tilescribe(order, 'weeekly')).stderr).toBe(sentence);
    expect((await tilescribe(order, 'weeekly')).exitCode).toBe(2);
  });

  it('is told apart from a Temporal that is not there', async () => {
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:9');
    expect(await tilescribe('list')).toMatchObject({ exitCode: 4 });
    vi.stubEnv('TEMPORAL_ADDRESS', sharedServers().temporal.address);
  });
});
