import { describe, test } from 'vitest';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { openedRuns } from './nights.ts';
import { brokenPromises } from './promises.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { temporalCommand } from './temporal-command.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile } from './tiles.ts';
import { until } from './waiting.ts';

const TILES = 3;
const DATES = ['2026-01-01', '2026-01-02', '2026-01-04'] as const;
/** The schedule makes up for these before the command does. */
const LATER = ['2026-01-05', '2026-01-06'] as const;
/** There is nothing below its prefix. */
const EMPTY = '2026-01-03';
/** Of the first date, 02:00 in India. */
const FIRST_ID = 'nightly-2025-12-31T20:30:00Z';

interface Shown {
  readonly end: string;
  readonly dates: readonly { date: string; run_id: string; state: string; ok: number | null; taken_over: number | null }[];
}

const WHOLE = ['backfill', '--schedule', 'nightly', '--from', '2026-01-01', '--to', '2026-01-06'];

/** Tiles of every date but one, and the spec of a night beside them. @returns the address of the spec. */
async function putNights(scene: Scene): Promise<string> {
  const { bucket } = scene;
  const tiles = [...DATES, ...LATER].flatMap((date, day) =>
    Array.from({ length: TILES }, (_, n) => [date, n, day * TILES + n] as const),
  );
  for (const [date, n, picture] of tiles)
    await bucket.put(`tiles/${date.replaceAll('-', '/')}/${n}.jpg`, await jpegTile(picture));
  const input = { uri: `s3://${bucket.name}/tiles/{date:YYYY/MM/DD}/` };
  const tasks = [{ id: 'caption', kind: 'caption' }];
  await bucket.put(
    'nightly.json',
    JSON.stringify(specOf(scene, { input, tasks, window: { timeZone: 'Asia/Kolkata', until: '06:00' } })),
  );
  return `s3://${bucket.name}/nightly.json`;
}

/** What a run asks, as its run.json says it. */
interface Asked {
  readonly input: { readonly uri: string };
  readonly priority: string;
  readonly window: object;
}

async function specOfRun({ bucket }: Scene, runId: string): Promise<Asked> {
  const document = Buffer.from(await bucket.get(`out/run=${runId}/run.json`)).toString();
  return (JSON.parse(document) as { spec: Asked }).spec;
}

function backfillOf(spec: string): string[] {
  return ['backfill', '--spec', spec, '--name', 'nightly', '--at', '02:00', '--from', '2026-01-01', '--to', '2026-01-04'];
}

describe.concurrent('a backfill', () => {
  test('does every date once, is stopped and continued, and gives the runs that the schedule would', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { bucket, simulation, temporal } = scene;
    const jobs = (): number => eventsOf(simulation.journal, 'accepted').length;
    const spec = await putNights(scene);
    const args = backfillOf(spec);

    const idle = await scene.start([...args, '--at-once', '2']);
    await until(() => idle.stdout().includes('2026-01-02 open'));
    idle.interrupt();
    const stopped = await idle.ended;
    expect(stopped).toMatchObject({ exitCode: 130 });
    expect(stopped.stdout).toContain('4 dates: 2 open, 2 new');
    expect(stopped.stdout).toContain(`interrupted: 2 dates not begun. ${FIRST_ID}, nightly-2026-01-01T20:30:00Z go on.`);

    await scene.worker();
    const done = await scene.tilescribe(args);
    expect(done).toMatchObject({ exitCode: 0 });
    expect(done.stderr).toContain('nightly: 4 dates: ');
    expect(done.stdout).toContain('4 dates: 3 complete, 1 no tiles\n');
    expect(done.stdout).toMatch(/^2026-01-01 {2}nightly-2025-12-31T20:30:00Z {2}complete {2}3 {6}3 {3}0 {7}0 {11}2\d{3}-/mu);
    expect(jobs()).toBe(DATES.length * TILES);

    const again = await scene.tilescribe([...args, '--json']);
    expect(again).toMatchObject({ exitCode: 0 });
    const { end, dates } = JSON.parse(again.stdout) as Shown;
    expect(end).toBe('done');
    expect(dates.map(({ date, state, ok }) => [date, state, ok])).toEqual([
      ['2026-01-01', 'complete', TILES],
      ['2026-01-02', 'complete', TILES],
      [EMPTY, 'no_tiles', null],
      ['2026-01-04', 'complete', TILES],
    ]);
    expect(jobs()).toBe(DATES.length * TILES);

    // The schedule makes up for the same dates and for two more: under the same ids, and what was asked is not asked again.
    const times = ['--cron', '0 2 * * *', '--timezone', 'Asia/Kolkata', '--until', '06:00', '--paused'];
    const made = await scene.tilescribe(['schedule', 'create', 'nightly', ...times, '--spec', spec]);
    expect(made).toMatchObject({ exitCode: 0 });
    await bucket.put(`tiles/${EMPTY.replaceAll('-', '/')}/0.jpg`, await jpegTile(40));
    const temporally = await temporalCommand(scene);
    const range = '--start-time 2025-12-31T20:00:00Z --end-time 2026-01-05T21:00:00Z';
    const sent = await temporally(`temporal schedule backfill --schedule-id nightly --overlap-policy AllowAll ${range}`);
    expect(sent).toMatchObject({ exitCode: 0, stdout: 'Backfill request sent\n' });
    const taken = async (): Promise<string[]> => {
      const { info } = await temporal.client.schedule.getHandle('nightly').describe();
      return info.recentActions.map(({ action }) => action.workflow.workflowId).toSorted();
    };
    const ids = [...dates.map((one) => one.run_id), 'nightly-2026-01-04T20:30:00Z', 'nightly-2026-01-05T20:30:00Z'];
    await until(async () => (await taken()).length === ids.length);
    expect(await taken()).toEqual(ids);
    for (const id of ids) await temporal.client.workflow.getHandle(id).result();
    const all = (DATES.length + LATER.length) * TILES + 1;
    expect(jobs()).toBe(all);

    // And the other way round: the command finds what the schedule has made up for, and starts nothing.
    const found = await scene.tilescribe([...WHOLE, '--json']);
    expect(found).toMatchObject({ exitCode: 0 });
    const seen = (JSON.parse(found.stdout) as Shown).dates;
    expect(seen.map(({ run_id: id, state }) => [id, state])).toEqual(ids.map((id) => [id, 'complete']));
    expect(jobs()).toBe(all);
    expect(extraJobs(simulation.journal)).toBe(0);
    expect((await openedRuns(scene)).toSorted()).toEqual(ids);

    const asked = await Promise.all(ids.map((id) => specOfRun(scene, id)));
    expect(asked.map(({ input }) => input.uri)).toEqual(
      seen.map(({ date }) => `s3://${bucket.name}/tiles/${date.replaceAll('-', '/')}/`),
    );
    const alike = asked.map(({ priority, window }) => ({ priority, window }));
    expect(alike).toEqual(ids.map(() => ({ priority: 'backfill', window: { timeZone: 'Asia/Kolkata' } })));
    const [first = '', , other = '', , , last = ''] = ids;
    const files = [first, other, last].map(async (id) => [id, await scene.file(`${id}.json`, await specOfRun(scene, id))]);
    const runs = Object.fromEntries(await Promise.all(files)) as Record<string, string>;
    const others = ids.filter((id) => runs[id] === undefined);
    expect(await brokenPromises(scene, { runs, others })).toEqual([]);
  });

  test('goes on with what was terminated, and asks what was cancelled under the next id', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { client } = scene.temporal;
    const spec = await putNights(scene);
    const args = ['backfill', '--spec', spec, '--name', 'nightly', '--at', '02:00', '--from', '2026-01-01', '--to', '2026-01-02'];
    const idle = await scene.start(args);
    await until(() => idle.stdout().includes('2026-01-02 open'));
    idle.interrupt();
    await idle.ended;
    const [cancelled, terminated] = [FIRST_ID, 'nightly-2026-01-01T20:30:00Z'];
    await client.workflow.getHandle(cancelled).cancel();
    await client.workflow.getHandle(terminated).terminate();

    await scene.worker();
    const left = await scene.tilescribe(args);
    expect(left).toMatchObject({ exitCode: 1 });
    expect(left.stdout).toContain(
      '2 dates: 1 complete, 1 cancelled\n1 date not complete: the same command with --again asks what they left\n',
    );
    const again = await scene.tilescribe([...args, '--again', '--json']);
    expect(again).toMatchObject({ exitCode: 0 });
    const { dates } = JSON.parse(again.stdout) as Shown;
    expect(dates.map(({ run_id: id, state }) => [id, state])).toEqual([
      [`${cancelled}-2`, 'complete'],
      [terminated, 'complete'],
    ]);
    expect(eventsOf(scene.simulation.journal, 'accepted')).toHaveLength(2 * TILES);
  });
});
