import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { openRunClient, type RunClient } from '../../../adapters/temporal/run-client.ts';
import { childEnvironment } from '../../../local/environment.ts';
import { startStack, type Stack } from '../../../local/stack.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const PERIOD_MS = 4_000;
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

it('a night that was due while the server was away is caught up with, and stands for its own time', async () => {
  const directory = await scratchDirectory();
  const first = await opened(directory);
  await first.client.schedules.create(ORDER, false);
  const [due = ''] = (await first.client.schedules.describe('nightly')).next;
  await first.client.close();
  await first.stack.close();
  await sleep(Math.max(0, Date.parse(due) + PERIOD_MS / 2 - Date.now()));
  const backMs = Date.now();

  const { client } = await opened(directory);
  await expect.poll(async () => (await client.schedules.describe('nightly')).runs.length).toBeGreaterThan(0);
  const [late] = (await client.schedules.describe('nightly')).runs;
  expect(late).toMatchObject({ runId: `nightly-${due.replace('.000', '')}`, scheduledFor: due });
  expect(Date.parse(late?.startedAt ?? '')).toBeGreaterThan(backMs);
});
