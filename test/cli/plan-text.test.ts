import { describe, expect, it } from 'vitest';
import { createPaint, PLAIN } from '../../cli/paint.ts';
import { planLines } from '../../cli/plan-text.ts';
import type { Plan } from '../../domain/plan.ts';
import { donePlan, shownPlan } from '../support/shown-plan.ts';

const VIEW = { paint: PLAIN, timeZone: 'Europe/Berlin', next: 'tilescribe run harbours.json' };

function shown(more: Partial<Plan> = {}): string[] {
  return planLines(shownPlan(more), VIEW);
}

function finish(finish_at: Plan['estimate']['finish_at']): string | undefined {
  return shown({ estimate: { ...shownPlan().estimate, finish_at } }).find((line) => line.startsWith('finish'));
}

describe('a plan', () => {
  it('has the command that comes next whole and on one line', () => {
    const next = `tilescribe run --plan '${'long  '.repeat(100)}\n\u001B[31m.json'`;
    expect(planLines(shownPlan(), { ...VIEW, next }).at(-1)).toBe(`next: tilescribe run --plan '${'long  '.repeat(100)} .json'`);
  });

  it('says what would be done and why, what it takes, and what comes next', () => {
    expect(shown()).toEqual([
      'harbours  s3://results/harbours/',
      'input: 1,200 tiles; IGNORED 3: 1 empty object, 2 sidecars',
      'compared with 2 earlier runs of this output, the newest harbours-2 (complete)',
      'TASK     NEW  CHANGED  STALE  FAILED   DONE   OWED',
      'caption   10        3      0       7  1,180     18',
      'ships      0        0  1,200       0      0  1,200',
      'all       10        3  1,200       7  1,180  1,218',
      'why:',
      '  NEW: 10',
      '    s3://imagery/tiles/x.tif',
      '    s3://imagery/tiles/y.tif',
      '  CHANGED (object): 3',
      '    s3://imagery/tiles/c.tif',
      '  STALE (prompt): 1,200',
      '    s3://imagery/tiles/a.tif',
      '  FAILED (model_error): 5',
      '    s3://imagery/tiles/m.tif',
      '  FAILED (decode_failed): 2, not asked again',
      '    s3://imagery/tiles/d.tif',
      'saved: 1,182 records of harbours-2, harbours-1 taken over, 6 jobs still at the services collected; about 7 min 23 s of GPU time',
      'jobs: 1,200; 12 more owed tasks get the answer of an identical request',
      '  caption: 18 jobs, 5.4–7.2 s each (measured: 2,380 jobs of 2 runs); 5.4–9.0 s, likely 6.8 s of GPU time at work',
      '  vqa: 1,182 jobs, 0.5–2.0 s each (assumed: no earlier run of this output asked this model); 0.6–3.1 min, likely 1.3 min of GPU time at work',
      'GPU time held: 11–35 min, likely 17 min (with boot, and the window after the last job)',
      'finish: between 13:00 and 13:06, likely at 13:04 (Europe/Berlin), in 4 min 18 s, if it begins now and nothing else uses the services',
      'next: tilescribe run harbours.json',
    ]);
  });

  it('of nothing owed says so in one line', () => {
    expect(planLines(donePlan(), VIEW)).toEqual([
      'harbours  s3://results/harbours/',
      'input: 1,200 tiles; IGNORED 3: 1 empty object, 2 sidecars',
      'compared with 2 earlier runs of this output, the newest harbours-2 (complete)',
      'TASK     NEW  CHANGED  STALE  FAILED   DONE  OWED',
      'caption    0        0      0       0  1,200     0',
      'ships      0        0      0       0  1,200     0',
      'all        0        0      0       0  2,400     0',
      'saved: 2,400 records of harbours-2 taken over; about 7 min 23 s of GPU time',
      'nothing is owed: a run asks no model and ends in seconds',
      'next: tilescribe run harbours.json',
    ]);
  });

  it('of a first run saves nothing and compares with nothing', () => {
    const harvest = { records: 0, jobs_in_flight: 0, gpu_seconds_saved: 0, from: [] };
    const lines = shown({ earlier_runs: [], harvest });
    expect(lines).toContain('earlier runs of this output: none');
    expect(lines.join('\n')).not.toContain('saved');
  });

  it('says which runs still go on in the same output', () => {
    expect(shown({ open_runs: ['harbours-3'] }).at(-2)).toBe(
      'warning: run harbours-3 goes on in the same output; what it has not ended yet counts as owed here. Wait for it: tilescribe watch harbours-3',
    );
  });

  it('says where what is done is asked again, and what failed is', () => {
    const reasons = [
      { state: 'failed', reason: 'decode_failed', count: 2, owed: true, samples: [] },
      { state: 'done', reason: null, count: 1, owed: true, samples: ['s3://imagery/tiles/b.tif'] },
    ] as const;
    const lines = shown({ reasons });
    const why = lines.slice(lines.indexOf('why:') + 1);
    expect(why.slice(0, 3)).toEqual(['  FAILED (decode_failed): 2', '  DONE: 1, asked again', '    s3://imagery/tiles/b.tif']);
  });

  it('names the first three of many runs that save something', () => {
    const from = ['a', 'b', 'c', 'd', 'e'].map((run_id) => ({ run_id, records: 1 }));
    const line = shown({ harvest: { ...shownPlan().harvest, from } }).find((one) => one.startsWith('saved'));
    expect(line).toContain('of a, b, c and 2 others taken over');
  });

  it('names the day where a run ends on another one, in the time zone of whoever reads it', () => {
    const finish_at = {
      earliest: '2026-01-02T22:30:00.000Z',
      likely: '2026-01-02T23:30:00.000Z',
      latest: '2026-01-03T02:00:00.000Z',
    };
    expect(finish(finish_at)).toMatch(
      /^finish: between 23:30 and 2026-01-03 03:00, likely at 2026-01-03 00:30 \(Europe\/Berlin\)/u,
    );
  });

  it('is coloured at a terminal, and obeys no text from outside', () => {
    const paint = createPaint(true);
    const reasons = [
      { state: 'new', reason: 'a\u001B[2Jb', count: 1, owed: true, samples: ['s3://b/\u001B]0;x\u0007\nz'] },
    ] as const;
    const lines = planLines(shownPlan({ dataset: 'h\u001B[1m', reasons, open_runs: ['h\n3'] }), { ...VIEW, paint });
    expect(lines[0]).toBe('\u001B[1mh\u001B[0m  s3://results/harbours/');
    expect(lines).toContain('  \u001B[1mNEW\u001B[0m (ab): 1');
    expect(lines).toContain('    s3://b/ z');
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  });
});
