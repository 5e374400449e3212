import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { connectTemporal } from '../../../adapters/temporal/connection.ts';
import { openRunClient, type RunClient } from '../../../adapters/temporal/run-client.ts';
import type { ScheduledRun } from '../../../adapters/temporal/schedule-view.ts';
import { childEnvironment } from '../../../local/environment.ts';
import { startStack, type Stack } from '../../../local/stack.ts';
import { scratchDirectory } from '../../support/scratch.ts';

/** At most one night is due before the server is gone: of two the second would wait, and the one after it be left out. */
const PERIOD_MS = 10_000;
const ORDER = {
  name: 'nightly',
  cron: `@every ${PERIOD_MS / 1_000}s`,
  timeZone: 'UTC',
  argument: { spec: 's3://ops/nightly.json' },
  memo: { dataset: 'harbours', spec: 's3://ops/nightly.json', cron: '', time_zone: 'UTC', until: null },
  catchUpHours: 12,
  paused: false,
} as const;

const before = { ...process.env };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** A server of its own over that directory, and a client of it. */
async function opened(directory: string): Promise<{ stack: Stack; client: RunClient }> {
  const stack = await startStack({ directory, environment: childEnvironment(before, {}), progress: () => undefined });
  closers.push(stack.close);
  Object.assign(process.env, stack.environment);
  const client = await openRunClient();
  closers.push(() => client.close());
  return { stack, client };
}

/** The run of that time, once there is one: it waits for an open one, and no worker ends any here. */
async function runOf(scheduledFor: string, { schedules }: RunClient): Promise<ScheduledRun | undefined> {
  const { runs, open } = await schedules.describe('nightly');
  const found = runs.find((run) => run.scheduledFor === scheduledFor);
  const temporal = await connectTemporal();
  if (found === undefined) for (const runId of open) await temporal.workflow.getHandle(runId).terminate();
  await temporal.connection.close();
  return found;
}

it('a night that was due while the server was away is caught up with, and stands for its own time', async () => {
  const directory = await scratchDirectory();
  const first = await opened(directory);
  await first.client.schedules.create(ORDER, false);
  const { next } = await first.client.schedules.describe('nightly');
  await first.client.close();
  await first.stack.close();
  const awayMs = Date.now();
  const due = next.find((iso) => Date.parse(iso) > awayMs) ?? '';
  await sleep(Date.parse(due) + 500 - awayMs);
  const backMs = Date.now();

  const { client } = await opened(directory);
  await expect.poll(() => runOf(due, client)).toBeDefined();
  const late = await runOf(due, client);
  expect(late).toMatchObject({ runId: `nightly-${due.replace('.000', '')}`, scheduledFor: due });
  expect(Date.parse(late?.startedAt ?? '')).toBeGreaterThan(backMs);
});
