import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunClient } from '../../adapters/temporal/run-client.ts';
import { createBackfillDesk } from '../../cli/backfill-desk.ts';
import type { BackfillOptions } from '../../cli/backfill-options.ts';
import { readOrder } from '../../cli/backfill-order.ts';
import { datedSpec } from '../../cli/backfill-source.ts';
import { createProgram } from '../../cli/program.ts';
import { datesOf } from '../../domain/backfill.ts';
import { parseDate, type CalendarDate } from '../../domain/calendar.ts';
import { Failure } from '../../domain/failure.ts';
import { parseNamedSpec, specByName, specOfRun } from '../../schema/night.ts';
import { parseSpec } from '../../schema/spec.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { NIGHTLY_SPEC, storedNightly, type StoredNightly } from './stored-nightly.ts';

const NOW = Date.parse('2026-04-01T00:00:00Z');
const date = (text: string): CalendarDate => parseDate(text) ?? expect.unreachable(`${text} is a date`);
const quarter = { from: date('2026-01-01'), to: date('2026-03-31') };

let nightly: StoredNightly;
beforeAll(async () => {
  nightly = await storedNightly();
});
afterAll(() => nightly.close());

async function specFile(more: object = {}): Promise<string> {
  const path = join(await scratchDirectory(), 'spec.json');
  await writeFile(path, JSON.stringify({ ...NIGHTLY_SPEC, ...more }));
  return path;
}

/** @returns run ids and what each run is started with. */
async function startsOf(options: BackfillOptions): Promise<{ runId: string; argument: object }[]> {
  const { plan, source, timeZone } = await readOrder(options, NOW);
  return datesOf(plan).map(({ runId, nominalMs }) => ({
    runId,
    argument: datedSpec(source, { nominalMs, timeZone }, NOW).argument,
  }));
}

async function schedule(name: string, cron: string, argument: object): Promise<string> {
  await nightly.namespace.client.schedule.create({
    scheduleId: name,
    spec: { cronExpressions: [cron], timezone: 'Asia/Kolkata' },
    action: { type: 'startWorkflow', workflowType: 'tilescribeRun', workflowId: name, taskQueue: 'tilescribe', args: [argument] },
    state: { paused: true },
  });
  return name;
}

const first = { from: quarter.from, to: quarter.from };

describe('the runs of a backfill', () => {
  it('of a spec in S3 are told where it is, for which moment and whose clocks, and come after everything else', async () => {
    const kolkata = { ...first, at: { hour: 2, minute: 0 }, timezone: 'Asia/Kolkata' };
    expect(await startsOf({ spec: nightly.spec, ...kolkata })).toEqual([
      {
        runId: 'harbours-2025-12-31T20:30:00Z',
        argument: {
          spec: nightly.spec,
          at: '2025-12-31T20:30:00.000Z',
          window: { timeZone: 'Asia/Kolkata' },
          priority: 'backfill',
        },
      },
    ]);
    const [utc] = await startsOf({ spec: nightly.spec, name: 'nightly', ...first });
    expect(utc).toEqual({
      runId: 'nightly-2026-01-01T00:00:00Z',
      argument: { spec: nightly.spec, at: '2026-01-01T00:00:00.000Z', priority: 'backfill' },
    });
  });

  it('of a spec in a file are handed the spec with their dates in it, by the clocks that it names', async () => {
    const window = { timeZone: 'Asia/Kolkata', until: '06:00' };
    const spec = await specFile({ window, priority: 'nightly' });
    const starts = await startsOf({ spec, ...quarter });
    expect(starts).toHaveLength(90);
    expect(starts[0]).toMatchObject({
      runId: 'harbours-2025-12-31T18:30:00Z',
      argument: { input: { uri: 's3://imagery/2025/12/31/' }, priority: 'backfill', window: { timeZone: 'Asia/Kolkata' } },
    });
    expect(starts.at(-1)).toMatchObject({ argument: { input: { uri: 's3://imagery/2026/03/30/' } } });
  });

  it('of a schedule have its name, its time and what it starts its own with', async () => {
    const window = { timeZone: 'Asia/Kolkata', until: '06:00' };
    const name = await schedule('nightly', '0 2 * * *', { spec: nightly.spec, window });
    expect(await startsOf({ schedule: name, ...first })).toEqual([
      {
        runId: 'nightly-2025-12-31T20:30:00Z',
        argument: { spec: nightly.spec, at: '2025-12-31T20:30:00.000Z', window, priority: 'backfill' },
      },
    ]);
    const inline = await schedule('inline', '0 2 * * *', { ...NIGHTLY_SPEC, window });
    const [run] = await startsOf({ schedule: inline, ...first });
    expect(run?.argument).toMatchObject({ input: { uri: 's3://imagery/2025/12/31/' }, priority: 'backfill' });
  });

  it('of a schedule are called otherwise where a name is given, and are of the same moments', async () => {
    const renamed = await schedule('renamed', '0 2 * * *', { spec: nightly.spec });
    const [run] = await startsOf({ schedule: renamed, name: 'again', ...first });
    expect(run?.runId).toBe('again-2025-12-31T20:30:00Z');
    const wrong = readOrder({ schedule: renamed, name: 'a/b', ...first }, NOW);
    await expect(wrong).rejects.toThrow('--name "a/b" cannot begin a run id');
  });

  it('of a schedule that decides only some of the window are about the days of the zone that the spec names', async () => {
    const zoned = { ...NIGHTLY_SPEC, window: { timeZone: 'Asia/Kolkata' } };
    await nightly.bucket.put('zoned.json', JSON.stringify(zoned));
    const argument = { spec: `s3://${nightly.bucket.name}/zoned.json`, window: { until: '06:00' } };
    const { plan, source, timeZone } = await readOrder(
      { schedule: await schedule('zoned', '0 2 * * *', argument), ...first },
      NOW,
    );
    const [{ nominalMs } = { nominalMs: 0 }] = datesOf(plan);
    const dated = datedSpec(source, { nominalMs, timeZone }, NOW);
    expect(dated.spec.input.uri).toBe('s3://imagery/2025/12/31/');
    const workers = specByName(parseNamedSpec(dated.argument), zoned);
    expect(parseSpec(specOfRun(workers, { nominalMs, startedMs: NOW, told: true }))).toEqual(dated.spec);
  });

  it('have no window the morning after, when that of the night is over', async () => {
    const spec = await specFile({ window: { timeZone: 'UTC', until: '06:00' } });
    const { source } = await readOrder({ spec, ...first }, NOW);
    const windowAt = (hours: number): unknown => {
      const nominalMs = Date.parse('2026-01-01T02:00:00Z');
      return datedSpec(source, { nominalMs, timeZone: 'UTC' }, nominalMs + hours * 3_600_000).spec.window;
    };
    expect(windowAt(1)).toMatchObject({ endsAt: '2026-01-01T06:00:00.000Z' });
    expect(windowAt(7)).toEqual({ timeZone: 'UTC' });
  });

  it('ask the same whether their spec is named or handed over', async () => {
    const [named, handed] = [
      await readOrder({ spec: nightly.spec, ...first }, NOW),
      await readOrder({ spec: await specFile(), ...first }, NOW),
    ];
    const moment = { nominalMs: Date.parse('2026-01-01T00:00:00Z'), timeZone: 'UTC' };
    const [a, b] = [datedSpec(named.source, moment, NOW), datedSpec(handed.source, moment, NOW)];
    expect(a.identity).toBe(b.identity);
    expect(a.identityOf(b.argument)).toBe(a.identity);
    expect(a.identityOf({ spec: nightly.spec })).toBe(a.identity);
    expect(a.identityOf({ ...NIGHTLY_SPEC, dataset: 'others' })).not.toBe(a.identity);
  });
});

describe('a date whose run is open with another spec', () => {
  it('is told with what to do', async () => {
    const { plan, source, timeZone } = await readOrder({ spec: nightly.spec, ...first }, NOW);
    const start = async (): Promise<never> => Promise.reject(new Failure('InvalidSpec', 'Give this one another --run-id.'));
    const outputs = { of: () => expect.unreachable(), close: async () => undefined };
    const client = { start } as Partial<RunClient> as RunClient;
    const desk = createBackfillDesk({ client, source, timeZone, outputs, unreadable: () => undefined });
    const [run = expect.unreachable()] = datesOf(plan);
    await expect(desk.start(run)).rejects.toThrow(
      'Run harbours-2026-01-01T00:00:00Z is there with another spec: it is open. Give this backfill another --name;',
    );
  });
});

describe('what cannot be backfilled', () => {
  const refused = async (options: Partial<BackfillOptions>, sentence: string): Promise<void> =>
    expect(readOrder({ ...quarter, ...options }, NOW)).rejects.toThrow(sentence);

  it('is a spec without a date, or with mistakes', async () => {
    const undated = await specFile({ input: { uri: 's3://imagery/tiles/' } });
    await refused(
      { spec: undated },
      'has no date in input.uri, which is s3://imagery/tiles/: every date would ask about the same tiles. Write {date}',
    );
    await refused({ spec: await specFile({ input: { uri: 's3://imagery/{date:YY}/' } }) }, '{date:YY} is no date');
    await refused({ spec: await specFile({ taks: [] }) }, 'taks: unknown field');
    await refused({ spec: 's3://imagery' }, '--spec s3://imagery is no object');
    await refused({ spec: '/nowhere/spec.json' }, 'there is no such file');
    await refused({}, 'Say what to ask with --spec SPEC, or with --schedule NAME.');
  });

  it('is what is turned around, is too much, or has not come', async () => {
    await refused({ from: date('2026-04-01') }, '--from 2026-04-01 comes after --to 2026-03-31');
    await refused({ from: date('2000-01-01') }, 'are 9587 dates; expected at most 3660. Do it in pieces.');
    const future = '--to 2026-04-02: that run stands for 2026-04-02T00:00:00Z, which has not come.';
    await refused({ spec: nightly.spec, to: date('2026-04-02') }, future);
    await refused({ spec: nightly.spec, name: 'a/b' }, '--name "a/b" cannot begin a run id');
    const skipped = { spec: nightly.spec, from: date('2011-12-30'), to: date('2011-12-30'), timezone: 'Pacific/Apia' };
    await refused(skipped, '--from 2011-12-30 --to 2011-12-30: Pacific/Apia has no such day');
  });

  it('is a schedule that does not come once a day, or is not there', async () => {
    await refused(
      { schedule: await schedule('twice', '0 2,14 * * *', { spec: nightly.spec }) },
      'The schedule twice goes by "0 2,14 * * *"; expected one time a day',
    );
    await refused(
      { schedule: await schedule('gone', '0 2 * * *', { spec: `s3://${nightly.bucket.name}/gone.json` }) },
      `The spec of the schedule gone: s3://${nightly.bucket.name}/gone.json is not there`,
    );
    await refused({ schedule: 'nihgtly' }, 'There is no schedule nihgtly.');
  });

  it.each([
    [['--from', '2026-02-30'], 'Expected a date of the calendar, YYYY-MM-DD.'],
    [['--from', '2026-01-01', '--at', '24:00'], 'Expected a time of the day, HH:MM.'],
    [['--from', '2026-01-01', '--timezone', 'Kolkata'], 'Expected the name of a time zone'],
    [['--from', '2026-01-01', '--at-once', '0'], 'Expected a whole number from 1 on.'],
    [['--from', '2026-01-01', '--spec', 'a', '--schedule', 'b'], 'cannot be used with'],
    [['--spec', 'a'], "required option '--from <date>' not specified"],
  ])('is told so: %j', async (args, sentence) => {
    let stderr = '';
    const nobody = {
      stdin: (async function* nothing() {})(),
      stdout: { write: () => true },
      environment: {},
      ended: () => undefined,
    };
    const program = createProgram({ ...nobody, stderr: { write: (text) => void (stderr += Buffer.from(text).toString()) } });
    await expect(program.parseAsync(['backfill', '--to', '2026-03-31', ...args], { from: 'user' })).rejects.toThrow(sentence);
    expect(stderr).toContain('See `tilescribe backfill --help`.');
  });
});
