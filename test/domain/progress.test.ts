import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailsOf } from '../../domain/details.ts';
import type { Tallies } from '../../domain/log.ts';
import { HALTS } from '../../domain/halt.ts';
import {
  finishedStatus,
  ratePerSecond,
  statusOf,
  withRateSample,
  type RateSample,
  type RunTotals,
} from '../../domain/progress.ts';
import { shownCluster } from '../support/shown-status.ts';
import { haltOf, runView, strandView } from './strand-views.ts';

const MINUTE = 60_000;
type Errors = Tallies['errors'];
const tallies = (ok: number, [failed, skipped] = [0, 0], errors: Errors = {}): Tallies => ({
  ok,
  failed: failed ?? 0,
  skipped: skipped ?? 0,
  errors,
});

describe('the rate of a run', () => {
  const sampled = (...samples: readonly (readonly [number, number])[]): RateSample[] =>
    samples.reduce<RateSample[]>((kept, [atMs, ended]) => withRateSample(kept, { atMs, ended }), []);

  it('cannot be told at first', () => {
    expect(ratePerSecond([])).toBeNull();
    expect(ratePerSecond(sampled([0, 0]))).toBeNull();
    expect(ratePerSecond(sampled([0, 0], [500, 9]))).toBeNull();
  });

  it('is tasks ended per second', () => {
    expect(ratePerSecond(sampled([0, 0], [10_000, 25], [20_000, 100]))).toBe(5);
  });

  it('is that of the last five minutes', () => {
    const samples = sampled([0, 0], [MINUTE, 6_000], [6 * MINUTE, 6_300], [7 * MINUTE, 6_360], [11 * MINUTE, 6_600]);
    expect(samples[0]?.atMs).toBe(MINUTE);
    expect(ratePerSecond(samples)).toBe(1);
  });

  it('keeps few samples, all but one of them within five minutes, the latest always', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 200_000 }), fc.nat({ max: 50 })), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(steps, (all) => {
        let [atMs, ended] = [0, 0];
        let samples: RateSample[] = [];
        for (const [wait, more] of all) {
          [atMs, ended] = [atMs + wait, ended + more];
          samples = withRateSample(samples, { atMs, ended });
        }
        expect(samples.length).toBeLessThanOrEqual(200);
        expect(samples.at(-1)).toEqual({ atMs, ended });
        for (const sample of samples.slice(1)) expect(sample.atMs).toBeGreaterThanOrEqual(atMs - 5 * MINUTE);
        expect(ratePerSecond(samples) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the status of a run', () => {
  it('adds up its strands', () => {
    const strands = [
      strandView({ tallies: tallies(10, [2, 1], { timeout: 2, empty_tile: 1 }), inFlight: 5, held: 8 }),
      strandView({ tallies: tallies(4, [1, 0], { decode_failed: 1 }), inFlight: 2, held: 8 }),
      strandView({ service: 'vqa', tallies: tallies(20, [1, 0], { timeout: 1 }), held: 16 }),
    ];
    expect(statusOf(runView({ strands }))).toMatchObject({
      run_id: 'harbours-1',
      state: 'running',
      inputs: 100,
      expected: 300,
      ok: 34,
      failed: 4,
      skipped: 1,
      in_flight: 7,
      errors: { decode_failed: 1, empty_tile: 1, timeout: 3 },
      budget: { held: 32, waiting_for: null },
      reason: null,
      halted_services: [],
      rate_per_s: null,
      eta_s: null,
    });
  });

  it('says what the errors of all strands say, the most frequent first', () => {
    const strands = [
      strandView({ fingerprints: [shownCluster('out of memory', 3), shownCluster('the disk is full', 4)] }),
      strandView({ fingerprints: [shownCluster('out of memory', 2)] }),
      strandView(),
    ];
    const { fingerprints } = statusOf(runView({ strands }));
    expect(fingerprints.map(({ text, count }) => [text, count])).toEqual([
      ['out of memory', 5],
      ['the disk is full', 4],
    ]);
  });

  it('says how long it will take at the rate of the last minutes', () => {
    const samples = [
      { atMs: 0, ended: 0 },
      { atMs: 30_000, ended: 100 },
    ];
    const going = (ok: number): ReturnType<typeof statusOf> =>
      statusOf(runView({ samples, strands: [strandView({ tallies: tallies(ok) })] }));
    expect(going(100)).toMatchObject({ rate_per_s: 3.33, eta_s: 60 });
    expect(going(300)).toMatchObject({ rate_per_s: 3.33, eta_s: null });
    const still = [
      { atMs: 0, ended: 5 },
      { atMs: 30_000, ended: 5 },
    ];
    expect(statusOf(runView({ samples: still }))).toMatchObject({ rate_per_s: 0, eta_s: null });
  });

  it('says when its window ends, where it has one', () => {
    const windowEndsMs = Date.parse('2026-03-01T00:30:00Z');
    expect(statusOf(runView({ windowEndsMs }))).toMatchObject({ window_ends_at: '2026-03-01T00:30:00Z' });
    expect(statusOf(runView({ windowEndsMs: null }))).not.toHaveProperty('window_ends_at');
  });

  it('names each halted service once, with what to do', () => {
    const strands = [
      strandView(),
      strandView({ halt: haltOf('gone') }),
      strandView({ halt: haltOf('credentials') }),
      strandView({ service: 'vqa', halt: haltOf('failures') }),
    ];
    const status = statusOf(runView({ strands }));
    expect(status.halted_services).toEqual([
      { service: 'caption', code: 'gone', message: 'it is gone', action: 'Mend it.' },
      { service: 'vqa', code: 'failures', message: 'it is failures', action: 'Mend it.' },
    ]);
    expect(status.reason).toBe('caption: it is gone');
  });

  it('says which services it waits for, and the latest trouble where nothing has halted', () => {
    const strands = [
      strandView({ waiting: true }),
      strandView({ waiting: true, reason: 'caption: 503' }),
      strandView({ service: 'vqa', waiting: true }),
    ];
    expect(statusOf(runView({ strands }))).toMatchObject({ reason: 'caption: 503', budget: { waiting_for: 'caption, vqa' } });
  });

  it('has an exit code for whatever halts it', () => {
    expect(HALTS).toEqual({
      credentials: { exitCode: 3 },
      gone: { exitCode: 4 },
      unreachable: { exitCode: 4 },
      failures: { exitCode: 1 },
    });
  });
});

describe('the status of a run that has its manifest', () => {
  const totals: RunTotals = { run_id: 'r', state: 'complete', inputs: 2, expected: 6, ok: 5, failed: 1, skipped: 0 };

  it('says what the manifest says, and that nothing is in flight', () => {
    const last = statusOf(
      runView({
        strands: [
          strandView({
            inFlight: 3,
            reason: 'x',
            tallies: tallies(4, [1, 0], { timeout: 1 }),
            fingerprints: [shownCluster('late', 1)],
          }),
        ],
      }),
    );
    expect(finishedStatus(totals, 's3://o/', last)).toMatchObject({
      ...totals,
      reason: null,
      in_flight: 0,
      eta_s: null,
      errors: { timeout: 1 },
      fingerprints: [shownCluster('late', 1)],
      output: 's3://o/',
    });
    expect(Object.keys(finishedStatus(totals, 's3://o/')).toSorted()).toEqual(Object.keys(last).toSorted());
  });

  it('says what a window that ended first has left', () => {
    const reason = finishedStatus({ ...totals, state: 'complete', unfinished: 1_150 }, 's3://o/').reason;
    expect(reason).toBe('Its window ended first: 1,150 tasks not asked; the next run of the same output asks them.');
    expect(finishedStatus({ ...totals, state: 'cancelled', unfinished: 3 }, 's3://o/').reason).toBeNull();
  });

  it('says why it failed', () => {
    expect(finishedStatus({ ...totals, state: 'failed' }, 's3://o/').reason).toContain('manifest.json');
  });
});

describe('the details of a run', () => {
  it('are a few lines with the state, the share and the errors', () => {
    const strands = [
      strandView({ tallies: tallies(99, [2, 1], { timeout: 2, empty_tile: 1 }), inFlight: 4, reason: 'caption: 503' }),
    ];
    expect(detailsOf(statusOf(runView({ strands }))).split('\n\n')).toEqual([
      '**running** 34 % of 300 (99 ok, 2 failed, 1 skipped, 4 in flight)',
      'caption: 503',
      'errors: empty_tile 1, timeout 2',
      'output: s3://results/harbours/run=harbours-1/',
    ]);
  });

  it('are one line where there is nothing to say', () => {
    expect(detailsOf(statusOf(runView({ inputs: 0, output: null })))).toBe(
      '**running** 0 % of 0 (0 ok, 0 failed, 0 skipped, 0 in flight)',
    );
  });
});
