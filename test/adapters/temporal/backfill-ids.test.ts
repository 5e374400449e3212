import { afterAll, beforeAll, expect, it } from 'vitest';
import { datesOf } from '../../../domain/backfill.ts';
import { parseDate, parseWallTime } from '../../../domain/calendar.ts';
import { openNamespace, type OwnNamespace } from '../../support/temporal-namespace.ts';

let own: OwnNamespace;
beforeAll(async () => {
  own = await openNamespace();
});
afterAll(() => own.close());

interface Nights {
  readonly zone: string;
  readonly at: string;
  readonly from: string;
  readonly to: string;
}

/** @returns the ids that `temporal schedule backfill` gives the runs of these nights, in their order. */
async function idsOfServer(name: string, { zone, at, from, to }: Nights): Promise<string[]> {
  const [hour, minute] = at.split(':').map(Number);
  const schedule = await own.client.schedule.create({
    scheduleId: name,
    spec: { cronExpressions: [`${minute} ${hour} * * *`], timezone: zone },
    action: { type: 'startWorkflow', workflowType: 'unknown', workflowId: name, taskQueue: 'nobody', args: [] },
    state: { paused: true },
  });
  const DAY_MS = 86_400_000;
  const [start, end] = [new Date(Date.parse(from) - DAY_MS), new Date(Date.parse(to) + 2 * DAY_MS)];
  await schedule.backfill([{ start, end, overlap: 'ALLOW_ALL' }]);
  for (;;) {
    const { recentActions } = (await schedule.describe()).info;
    const ids = recentActions.map(({ action }) => action.workflow.workflowId).toSorted();
    const lastDay = new Date(Date.parse(to) + DAY_MS).toISOString().slice(0, 10);
    if (ids.some((id) => id.includes(`-${lastDay}T`))) return ids;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function idsOfOurs(name: string, { zone, at, from, to }: Nights): string[] {
  const [first, last, time] = [parseDate(from), parseDate(to), parseWallTime(at)];
  if (first === null || last === null || time === null) throw new TypeError('the nights are dates and a time');
  return datesOf({ name, from: first, to: last, at: time, timeZone: zone }).map(({ runId }) => runId);
}

it.each<[string, Nights & { more?: string[]; fewer?: string[] }]>([
  ['utc', { zone: 'UTC', at: '20:30', from: '2026-01-01', to: '2026-01-03' }],
  ['east', { zone: 'Asia/Kolkata', at: '02:00', from: '2025-12-31', to: '2026-01-02' }],
  ['west', { zone: 'America/Los_Angeles', at: '22:15', from: '2026-03-07', to: '2026-03-09' }],
  ['spring', { zone: 'Europe/Berlin', at: '03:00', from: '2026-03-28', to: '2026-03-30' }],
  // The server starts none where the time is skipped; there is a run of that date all the same.
  [
    'skipped',
    { zone: 'Europe/Berlin', at: '02:30', from: '2026-03-28', to: '2026-03-30', more: ['skipped-2026-03-29T01:30:00Z'] },
  ],
  ['twice-in-berlin', { zone: 'Europe/Berlin', at: '02:30', from: '2025-10-25', to: '2025-10-27' }],
  // Here the server starts two; the run of that date is the second.
  [
    'twice-in-new-york',
    {
      zone: 'America/New_York',
      at: '01:30',
      from: '2025-11-01',
      to: '2025-11-03',
      fewer: ['twice-in-new-york-2025-11-02T05:30:00Z'],
    },
  ],
])(
  'the dates of a backfill have the ids that a server gives a schedule: %s',
  async (name, { more = [], fewer = [], ...nights }) => {
    const server = await idsOfServer(name, nights);
    const ours = idsOfOurs(name, nights);
    const [first = '', last = ''] = [ours[0], ours.at(-1)];
    const within = server.filter((id) => id >= first && id <= last);
    expect([...ours, ...fewer].toSorted()).toEqual([...within, ...more].toSorted());
  },
);
