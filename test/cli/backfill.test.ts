import { describe, expect, it } from 'vitest';
import { backfillResult } from '../../cli/backfill-conclusion.ts';
import { findRuns } from '../../cli/backfill-desk.ts';
import type { DateRun, Seen } from '../../domain/backfill.ts';
import { Failure } from '../../domain/failure.ts';
import { shownStatus } from '../support/shown-status.ts';
import { backfill, dates, day, deskOf, FIGURES, seen } from './backfill-fixture.ts';

const AWAY = new Failure('Unreachable', 'Temporal at 127.0.0.1:7233 cannot be reached.');

describe('a backfill', () => {
  it('starts two at once, the oldest first, says what becomes of each, and ends with a table', async () => {
    const ends = (count: number) => [seen('new'), ...Array.from({ length: count }, () => seen('open')), seen('complete')];
    const desk = deskOf({ [day(1)]: ends(2), [day(2)]: ends(1), [day(3)]: ends(1) });
    const { exitCode, stdout } = await backfill(desk, dates(3));
    expect(exitCode).toBe(0);
    expect(stdout().split('\n')).toEqual([
      `2026-01-01 open ${day(1)}`,
      `2026-01-02 open ${day(2)}`,
      `2026-01-02 complete ${day(2)}: 12 tiles, 24 ok, 0 failed, 3 taken over`,
      `2026-01-03 open ${day(3)}`,
      `2026-01-01 complete ${day(1)}: 12 tiles, 24 ok, 0 failed, 3 taken over`,
      `2026-01-03 complete ${day(3)}: 12 tiles, 24 ok, 0 failed, 3 taken over`,
      'DATE        RUN                     STATE     TILES  OK  FAILED  TAKEN OVER  WHEN',
      `2026-01-01  ${day(1)}  complete  12     24  0       3           2026-03-01T02:00:00Z`,
      `2026-01-02  ${day(2)}  complete  12     24  0       3           2026-03-01T02:00:00Z`,
      `2026-01-03  ${day(3)}  complete  12     24  0       3           2026-03-01T02:00:00Z`,
      '3 dates: 3 complete',
      '',
    ]);
  });

  it('starts nothing for dates that are complete, and joins those that are open', async () => {
    const desk = deskOf({ [day(1)]: [seen('complete')], [day(2)]: [seen('open'), seen('complete')] });
    expect(await backfill(desk, dates(2))).toMatchObject({ exitCode: 0 });
    expect(desk.started).toEqual([day(2)]);
  });

  it('names the oldest date whose run asks something else, whichever is looked at first', async () => {
    const other = (runId: string): Failure => new Failure('InvalidSpec', `Run ${runId} is there with another spec.`);
    const look = async ({ runId, date }: DateRun): Promise<Seen> => {
      for (let turn = date === '2026-01-02' ? 50 : 0; turn > 0; turn -= 1) await Promise.resolve();
      return date === '2026-01-01' ? seen('complete') : Promise.reject(other(runId));
    };
    await expect(findRuns(dates(4), 'n', look)).rejects.toThrow(other(day(2)));
  });

  it('stops at Ctrl-C, says what goes on, and continues there', async () => {
    const script = { [day(1)]: [seen('new'), seen('open')], [day(2)]: [seen('complete')] };
    const { exitCode, stdout } = await backfill(deskOf({ ...script, [day(3)]: [seen('new'), seen('open')] }), dates(4), {
      rests: 2,
    });
    expect(exitCode).toBe(130);
    expect(stdout()).toContain(`interrupted: 1 date not begun. ${day(1)}, ${day(3)} go on. The same command continues.`);
    const [open, end] = [
      [seen('open'), seen('complete')],
      [seen('new'), seen('complete')],
    ];
    const later = deskOf({ [day(1)]: open, [day(2)]: [seen('complete')], [day(3)]: open, [day(4)]: end });
    expect(await backfill(later, dates(4))).toMatchObject({ exitCode: 0 });
    expect(later.started).toEqual([day(1), day(3), day(4)]);
  });

  it('goes on while Temporal is away, and says so once', async () => {
    const desk = deskOf({ [day(1)]: [seen('new'), AWAY, AWAY, seen('complete')] });
    const { exitCode, stderr } = await backfill(desk, dates(1));
    expect(exitCode).toBe(0);
    expect(stderr()).toBe(`tilescribe: ${AWAY.message} Trying again; open runs go on by themselves.\n`);
  });

  it.each([
    ['at once where nobody answers', 1, seen('open')],
    ['after a while where nothing moves', 12, seen('open', { figures: FIGURES })],
  ])('says once that no worker is there, %s', async (_, looks, open) => {
    const desk = deskOf({ [day(1)]: [seen('new'), ...Array.from({ length: looks }, () => open), seen('complete')] });
    const { stderr } = await backfill(desk, dates(1));
    expect(stderr()).toBe('tilescribe: no worker is polling task queue tilescribe: start one with `tilescribe worker`\n');
  });

  it('asks for no workers while its runs move', async () => {
    const moving = Array.from({ length: 30 }, (_, ok) => seen('open', { figures: { ...FIGURES, ok } }));
    const { stderr } = await backfill(deskOf({ [day(1)]: [seen('new'), ...moving, seen('complete')] }), dates(1));
    expect(stderr()).toBe('');
  });

  it('draws the open runs and the totals on a terminal', async () => {
    const open = seen('open', { figures: { ...FIGURES, ok: 7, takenOver: null, endedAt: null } });
    const desk = deskOf({ [day(1)]: [seen('new'), open, seen('complete')], [day(2)]: [seen('complete')] });
    const { stdout } = await backfill(desk, dates(2), { terminal: true, environment: { NO_COLOR: '1' } });
    expect(stdout()).toContain(`2026-01-01 open ${day(1)}  12 tiles, 7 ok, 0 failed\n2 dates: 1 complete, 1 open\n`);
  });
});

describe('dates that do not become complete', () => {
  it('are no failure where they have no tiles, unless none has any', async () => {
    const none = [seen('new'), seen('no_tiles', { reason: 'No tiles in s3://imagery/2026-01-01/: nothing is there.' })];
    const some = await backfill(deskOf({ [day(1)]: none, [day(2)]: [seen('complete')] }), dates(2));
    expect(some.exitCode).toBe(0);
    expect(some.stdout()).toContain('1 date without tiles: the same command with --again looks for them anew\n');
    const all = await backfill(deskOf({ [day(1)]: none }), dates(1));
    expect(all.exitCode).toBe(2);
    expect(all.stderr()).toBe('tilescribe: no date has tiles. No tiles in s3://imagery/2026-01-01/: nothing is there.\n');
  });

  it('say why once: in a pipe when it comes, at a terminal at the end, and at the end what had failed before', async () => {
    const why = 'The bucket results refuses to be written to.';
    const failed = seen('failed', { reason: why });
    const script = { [day(1)]: [failed], [day(2)]: [seen('new'), failed], [day(3)]: [seen('complete')] };
    for (const terminal of [false, true]) {
      const { stdout } = await backfill(deskOf(script), dates(3), { terminal, environment: { NO_COLOR: '1' } });
      for (const date of ['2026-01-01', '2026-01-02'])
        expect(
          stdout()
            .split('\n')
            .filter((line) => line.startsWith(date) && line.endsWith(why)),
        ).toHaveLength(1);
    }
  });

  it('end the command with 1, with why and what to do', async () => {
    const denied = seen('failed', { reason: 'The bucket results refuses to be written to.' });
    const flawed = seen('complete', { figures: { ...FIGURES, failed: 2 } });
    const desk = deskOf({ [day(1)]: [seen('new'), denied], [day(2)]: [seen('cancelled')], [day(3)]: [seen('new'), flawed] });
    const { exitCode, stdout } = await backfill(desk, dates(3));
    expect(exitCode).toBe(1);
    expect(stdout()).toContain(`2026-01-01 failed ${day(1)}: The bucket results refuses to be written to.\n`);
    expect(stdout().split('\n').slice(-4)).toEqual([
      '3 dates: 1 complete, 1 failed, 1 cancelled',
      '2 dates not complete: the same command with --again asks what they left',
      `1 date with failed records: \`tilescribe retry ${day(3)}\` asks those of 2026-01-03 again`,
      '',
    ]);
  });

  it('stop it after three failures in a row: the others would fail too', async () => {
    const script = Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((n) => [day(n), [seen('new'), seen('failed', { reason: 'Refused.' })]]),
    );
    const desk = deskOf(script);
    const { exitCode, stdout } = await backfill(desk, dates(6));
    expect(exitCode).toBe(1);
    expect(desk.started).toEqual([1, 2, 3, 4].map(day));
    expect(stdout()).toContain('runs failed one after the other, and 2 dates were not begun: ');
  });

  it('end it as `run` ends where all that is open is halted', async () => {
    const halted = {
      service: 'caption',
      code: 'credentials',
      message: 'It answered 401.',
      action: 'Put the key right.',
    } as const;
    const status = shownStatus({ run_id: day(1), state: 'halted', halted_services: [halted] });
    const desk = deskOf({ [day(1)]: [seen('new'), seen('halted', { reason: halted.message })] }, { [day(1)]: status });
    const { exitCode, stdout } = await backfill(desk, dates(1));
    expect(exitCode).toBe(3);
    expect(stdout()).toContain('what to do: Put the key right.');
    expect(stdout()).toContain(`then go on with \`tilescribe resume ${day(1)}\`, and the same command`);
  });

  it('are found by the last of their runs', async () => {
    const desk = deskOf({ [day(1)]: [seen('cancelled')], [`${day(1)}-2`]: [seen('cancelled')], [`${day(1)}-3`]: [seen('open')] });
    const [found] = await findRuns(dates(1), 'n', desk.look);
    expect(found).toMatchObject({ state: 'open', attempt: 3, runId: `${day(1)}-3` });
    const [first] = await findRuns(dates(1), 'n', deskOf({ [day(1)]: [seen('cancelled')] }).look);
    expect(first).toMatchObject({ state: 'cancelled', attempt: 1 });
  });
});

it('tells a program everything of every date', async () => {
  const desk = deskOf({ [day(1)]: [seen('complete')] });
  const { driven } = await backfill(desk, dates(1));
  expect(backfillResult(driven, { name: 'n', time_zone: 'UTC', outputOf: desk.outputOf })).toEqual({
    name: 'n',
    time_zone: 'UTC',
    end: 'done',
    dates: [
      {
        date: '2026-01-01',
        run_id: day(1),
        at: '2026-01-01T00:00:00.000Z',
        state: 'complete',
        tiles: 12,
        ok: 24,
        failed: 0,
        taken_over: 3,
        ended_at: '2026-03-01T02:00:00.000Z',
        reason: null,
        output: `s3://results/harbours/run=${day(1)}/`,
      },
    ],
  });
});
