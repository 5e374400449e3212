import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRunClient, type RunClient } from '../../../adapters/temporal/run-client.ts';
import type { ScheduleOrder } from '../../../adapters/temporal/schedule-order.ts';
import type { Schedules } from '../../../adapters/temporal/schedules.ts';
import { SEARCH_ATTRIBUTES } from '../../../domain/temporal-names.ts';
import { sharedServers } from '../../support/servers.ts';
import { openNamespace, type OwnNamespace } from '../../support/temporal-namespace.ts';

const CRON_NOW = '@every 1s';
const ORDER = {
  cron: '0 2 * * *',
  timeZone: 'Asia/Kolkata',
  argument: { spec: 's3://ops/nightly.json', window: { timeZone: 'Asia/Kolkata', until: '06:00' } },
  memo: { dataset: 'harbours', spec: 's3://ops/nightly.json', cron: '0 2 * * *', time_zone: 'Asia/Kolkata', until: '06:00' },
  catchUpHours: 12,
  paused: false,
} as const satisfies Omit<ScheduleOrder, 'name'>;

/** A client of a namespace of its own, which has these search attributes. */
async function opened(searchAttributes: readonly string[]): Promise<{ namespace: OwnNamespace; client: RunClient }> {
  const namespace = await openNamespace({ searchAttributes });
  for (const [name, value] of Object.entries(sharedServers().environment)) vi.stubEnv(name, value);
  vi.stubEnv('TEMPORAL_NAMESPACE', namespace.namespace);
  return { namespace, client: await openRunClient() };
}

describe('schedules', () => {
  let namespace: OwnNamespace;
  let client: RunClient;
  let schedules: Schedules;
  beforeAll(async () => {
    ({ namespace, client } = await opened(Object.values(SEARCH_ATTRIBUTES)));
    ({ schedules } = client);
  });
  afterAll(async () => {
    await client.close();
    await namespace.close();
    vi.unstubAllEnvs();
  });
  /** Temporal starts no run twice under a time, so that schedules that fire at once have names of their own. */
  const made = (name: string, more: Partial<ScheduleOrder> = {}) => schedules.create({ ...ORDER, name, ...more }, false);
  const firing = async (name: string): Promise<string> => {
    await made(name, { cron: CRON_NOW });
    await expect.poll(async () => (await schedules.describe(name)).runs.length).toBe(1);
    return (await schedules.describe(name)).runs[0]?.runId ?? '';
  };

  it('are described as they were asked for, with the next times', async () => {
    expect(await made('asked')).toEqual({ replaced: false });
    const view = await schedules.describe('asked');
    expect(view).toMatchObject({
      name: 'asked',
      argument: ORDER.argument,
      dataset: 'harbours',
      cron: '0 2 * * *',
      timeZone: 'Asia/Kolkata',
      catchUpMs: 12 * 3_600_000,
      paused: false,
      note: null,
      runs: [],
      counts: { started: 0, waiting: 0, missed: 0, leftOut: 0 },
    });
    expect(view.next.slice(0, 3).map((iso) => iso.slice(11))).toEqual(Array.from({ length: 3 }, () => '20:30:00.000Z'));
  });

  it('start runs that can be found by dataset and trigger, never two at once, and one waits', async () => {
    const runId = await firing('found');
    expect(runId).toMatch(/^found-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u);
    const query = `TilescribeTrigger = "schedule" AND TilescribeDataset = "harbours" AND WorkflowId = "${runId}"`;
    const ids = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { workflowId } of namespace.client.workflow.list({ query })) found.push(workflowId);
      return found;
    };
    await expect.poll(ids).toEqual([runId]);
    const { memo } = await namespace.client.workflow.getHandle(runId).describe();
    expect(memo).toEqual(ORDER.memo);
    await expect.poll(async () => (await schedules.describe('found')).counts.waiting).toBe(1);
    expect(await schedules.trigger('found')).toEqual({ kind: 'left_out' });
    expect(await schedules.describe('found')).toMatchObject({ open: [runId], counts: { started: 1 } });
    await schedules.delete('found');
    expect((await client.look(runId)).open).toBe(true);
  });

  it('are paused and resumed with a reason, and start a run now where one is asked for', async () => {
    await made('paused');
    await schedules.pause('paused', 'new GPUs');
    expect(await schedules.describe('paused')).toMatchObject({ paused: true, note: 'new GPUs' });
    const became = await schedules.trigger('paused');
    expect(became).toEqual({ kind: 'started', runId: expect.stringMatching(/^paused-20/u) as string });
    expect(await schedules.trigger('paused')).toEqual({ kind: 'waits' });
    await schedules.resume('paused', 'resumed');
    expect(await schedules.describe('paused')).toMatchObject({ paused: false, note: 'resumed' });
  });

  it('that are paused leave out the run that waits for an open one', async () => {
    const runId = await firing('waiting');
    const waiting = async (): Promise<number> => (await schedules.describe('waiting')).counts.waiting;
    await expect.poll(waiting).toBe(1);
    await schedules.pause('waiting', 'holidays');
    expect(await waiting()).toBe(1);
    await namespace.client.workflow.getHandle(runId).terminate();
    await expect.poll(waiting).toBe(0);
    const resumedMs = Date.now();
    await schedules.resume('waiting', 'back');
    await expect.poll(async () => (await schedules.describe('waiting')).runs.length).toBe(2);
    const [, next] = (await schedules.describe('waiting')).runs;
    expect(Date.parse(next?.scheduledFor ?? '')).toBeGreaterThan(resumedMs);
    await schedules.delete('waiting');
  });

  it('that somebody else has made name their runs as they were told to', async () => {
    await namespace.client.schedule.create({
      scheduleId: 'foreign',
      spec: { cronExpressions: ['0 2 * * *'] },
      action: { type: 'startWorkflow', workflowType: 'tilescribeRun', taskQueue: 'tilescribe', workflowId: 'survey', args: [{}] },
    });
    expect(await schedules.describe('foreign')).toMatchObject({ name: 'foreign', runsNamed: 'survey' });
    await schedules.delete('foreign');
  });

  it('of a name that is taken are refused, or changed in place and left paused', async () => {
    await made('taken');
    await schedules.pause('taken', 'holidays');
    await expect(made('taken', { cron: '0 3 * * *' })).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: expect.stringMatching(/already.*--replace.*schedule delete taken/su) as string,
    });
    const changed = { ...ORDER, name: 'taken', cron: '0 3 * * 1-5', memo: { ...ORDER.memo, dataset: 'airports' } };
    expect(await schedules.create(changed, true)).toEqual({ replaced: true });
    expect(await schedules.describe('taken')).toMatchObject({
      cron: '0 3 * * 1-5',
      dataset: 'airports',
      paused: true,
      note: 'holidays',
    });
  });

  it('are listed, but for those that start something else', async () => {
    await made('listed');
    const action = { type: 'startWorkflow', workflowType: 'backup', taskQueue: 'other', args: [] } as const;
    await namespace.client.schedule.create({ scheduleId: 'backup', spec: { cronExpressions: ['0 0 * * *'] }, action });
    const listed = async (): Promise<string[]> => (await schedules.list()).map(({ name }) => name);
    await expect.poll(listed).toContain('listed');
    expect(await listed()).not.toContain('backup');
    await expect(schedules.delete('backup')).rejects.toThrow('The schedule backup starts backup, not runs; it is left alone.');
  });

  it.each([
    [{ cron: '0 25 * * *' }, /cron expression "0 25 \* \* \*": Hour is not in range \[0-23\]\. Expected five fields/u],
    [{ cron: 'every night' }, /"every night".*Expected five fields/u],
    [{ cron: 'TZ=UTC 0 2 * * *' }, /its time zone stands beside it/u],
    [{ timeZone: 'Mars/Olympus' }, /no time zone Mars\/Olympus; expected its name/u],
  ])('with the times %j are refused in words that help', async (more, message) => {
    await expect(made('wrong', more)).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each(['describe', 'pause', 'resume', 'trigger', 'delete'] as const)('that nobody knows: %s says so', async (order) => {
    await expect(schedules[order]('nowhere', '')).rejects.toMatchObject({
      kind: 'NotFound',
      message: 'There is no schedule nowhere.',
    });
  });
});

describe('a server without the search attributes', () => {
  it('takes the schedule without them, and its changes', async () => {
    const { namespace, client } = await opened([]);
    try {
      expect(await client.schedules.create({ ...ORDER, name: 'plain' }, false)).toEqual({ replaced: false });
      expect(await client.schedules.create({ ...ORDER, name: 'plain' }, true)).toEqual({ replaced: true });
      const became = await client.schedules.trigger('plain');
      expect(became.kind).toBe('started');
    } finally {
      await client.close();
      await namespace.close();
      vi.unstubAllEnvs();
    }
  });
});
