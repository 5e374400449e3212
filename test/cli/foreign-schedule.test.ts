import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleSpec } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clocksNote, readOrder } from '../../cli/backfill-order.ts';
import { schedule } from './schedule-command.ts';
import { NIGHTLY_SPEC, storedNightly, type StoredNightly } from './stored-nightly.ts';

let nightly: StoredNightly;
beforeAll(async () => {
  nightly = await storedNightly();
});
afterAll(() => nightly.close());

interface Foreign {
  readonly cron?: string;
  readonly timezone?: string;
  readonly jitter?: ScheduleSpec['jitter'];
  readonly paused?: boolean;
  readonly argument?: object;
}

/** A schedule as the temporal command makes it. @returns its name. */
async function made(scheduleId: string, how: Foreign = {}): Promise<string> {
  const { cron = '0 2 * * *', timezone = 'Asia/Kolkata', jitter = 0, paused = false, argument = { spec: nightly.spec } } = how;
  await nightly.namespace.client.schedule.create({
    scheduleId,
    spec: { cronExpressions: [cron], timezone, jitter },
    action: {
      type: 'startWorkflow',
      workflowType: 'tilescribeRun',
      workflowId: 'runs',
      taskQueue: 'tilescribe',
      args: [argument],
    },
    policies: { overlap: 'BUFFER_ONE' },
    state: { paused },
  });
  return scheduleId;
}

/** Two that are asked for within a second are one run. */
async function untilOneWaits(name: string): Promise<void> {
  const handle = nightly.namespace.client.schedule.getHandle(name);
  const waiting = async (): Promise<number> => Number((await handle.describe()).raw.info?.bufferSize ?? 0);
  while ((await waiting()) === 0) {
    await handle.trigger('BUFFER_ONE');
    await sleep(200);
  }
}

const stdoutOf = async (...args: readonly string[]): Promise<string> => (await schedule(...args)).stdout;

describe('a schedule that somebody else has made', () => {
  it('tells no run ids where its times vary: these have other times in them', async () => {
    const name = await made('varying', { jitter: '10 minutes' });
    const stdout = await stdoutOf('describe', name);
    expect(stdout).toMatch(/^ {2}times +"0 2 \* \* \*" Asia\/Kolkata, up to 10 min later \(jitter\)$/mu);
    expect(stdout).toMatch(/^ {2}\S+ 02:\S+ Asia\/Kolkata {2}\S+Z$/mu);
    expect(stdout).not.toContain('run runs-');
    expect(JSON.parse(await stdoutOf('describe', name, '--json'))).toMatchObject({ jitter_seconds: 600 });
    expect(await stdoutOf('describe', await made('exact'))).toMatch(/Z {2}run runs-\S+T20:30:00Z$/mu);
  });

  it('says by whose clocks its dates go, where that is not by those of its times', async () => {
    const inline = await made('inline', { argument: NIGHTLY_SPEC });
    expect(await stdoutOf('describe', inline)).toMatch(/^ {2}dates +go by UTC; times by Asia\/Kolkata$/mu);
    expect(await stdoutOf('describe', await made('named'))).toMatch(
      /^ {2}dates +go by window\.timeZone of the spec, by UTC where it has none; times by Asia\/Kolkata$/mu,
    );
    const zoned = await made('zoned', { argument: { spec: nightly.spec, window: { timeZone: 'Asia/Kolkata' } } });
    for (const name of [zoned, await made('utc', { timezone: 'UTC' })])
      expect(await stdoutOf('describe', name)).not.toMatch(/^ {2}dates/mu);
    const date = { year: 2026, month: 1, day: 2 };
    const noteOf = async (name: string): Promise<string | null> =>
      clocksNote(await readOrder({ schedule: name, from: date, to: date }, Date.now()), Date.now());
    // 02:00 in Kolkata is 20:30 of the day before in Greenwich, and the spec says {date-1}.
    expect(await noteOf('named')).toBe(
      'dates in addresses go by UTC, the times of the schedule by Asia/Kolkata: the run of 2026-01-02 asks about s3://imagery/2025/12/31/',
    );
    expect(await noteOf(zoned)).toBeNull();
  });

  it('says that its next times come only where it is resumed, if it is paused', async () => {
    const name = await made('resting', { paused: true });
    expect(await stdoutOf('describe', name)).toMatch(/^next, where it is resumed before \(it is paused\):\n {2}\S+ 02:00 /mu);
    await expect.poll(() => stdoutOf('list')).toMatch(/^resting +paused +0 2 \* \* \* +Asia\/Kolkata +\S+ 02:00 if resumed /mu);
    const resumed = JSON.parse(await stdoutOf('resume', name, '--json')) as { next: string };
    expect(resumed.next).toMatch(/T20:30:00Z$/u);
    expect(await stdoutOf('describe', name)).toMatch(/^next:$/mu);
  });

  it('is shown, paused and deleted whatever it is called', async () => {
    const name = await made('every night/Häfen');
    expect(await stdoutOf('describe', name)).toMatch(/^every night\/Häfen$/mu);
    expect(await stdoutOf('pause', name)).toContain("before `tilescribe schedule resume 'every night/Häfen'`.");
    expect(await stdoutOf('delete', name, '--yes')).toContain('deleted schedule every night/Häfen.');
    expect((await schedule('describe', 'no such/thing')).stderr).toContain('There is no schedule no such/thing.');
    expect(await schedule('describe', '')).toMatchObject({ exitCode: 2 });
  });

  it('is not said to be made up for by a backfill where it does not come once a day', async () => {
    const [daily, often] = [await made('daily'), await made('often', { cron: '@every 6h' })];
    for (const name of [daily, often]) await untilOneWaits(name);
    expect(await stdoutOf('pause', daily)).toContain('will not start; `tilescribe backfill` makes up for what is missed.');
    expect(await stdoutOf('pause', often)).toContain(
      'will not start; `tilescribe run` with its spec makes up for what is missed.',
    );
    expect(await stdoutOf('resume', daily)).toContain('is not made up for (`tilescribe backfill` does that).');
    expect(await stdoutOf('resume', often)).toContain('is not made up for (`tilescribe run` with its spec does that).');
    expect(await stdoutOf('delete', often, '--yes')).toContain('`tilescribe run` with its spec makes up for what is missed.');
  });
});
