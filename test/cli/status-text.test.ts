import { describe, expect, it } from 'vitest';
import { createPaint, PLAIN } from '../../cli/paint.ts';
import { clusterLines, errorLines, liveLines, progressLine, statusLines, totalsLines } from '../../cli/status-text.ts';
import { shownCluster, shownStatus } from '../support/shown-status.ts';

const HALTED = shownStatus({
  state: 'halted',
  halted_services: [
    { service: 'caption', code: 'credentials', message: 'The service answered 401.', action: 'Put the key right.' },
  ],
});

describe('progress', () => {
  it('is one plain line in a pipe', () => {
    expect(progressLine(shownStatus(), PLAIN)).toBe(
      'harbours-1 running: 1,500 of 3,000 tasks (50.0 %): 1,400 ok, 60 failed, 40 skipped; 12.5 tasks/s, ETA 2 min; 48 in flight, 48 places held',
    );
  });

  it('says how many tiles were found while the input is listed', () => {
    const status = shownStatus({ state: 'enumerating', inputs: 12_000, expected: 0 });
    expect(progressLine(status, PLAIN)).toBe('harbours-1 enumerating: listing the input, 12,000 tiles so far');
  });

  it('says what is waited for', () => {
    const status = shownStatus({ budget: { held: 0, waiting_for: 'caption' }, rate_per_s: null, in_flight: 0 });
    expect(progressLine(status, PLAIN)).toContain('rate not known yet; 0 in flight, waiting for budget (caption)');
  });

  it('has a bar on a terminal', () => {
    expect(liveLines(shownStatus(), PLAIN)).toEqual([
      'harbours-1  running  ████████████░░░░░░░░░░░░ 50.0 %  1,500/3,000 tasks',
      '  1,400 ok, 60 failed, 40 skipped',
      '  12.5 tasks/s, ETA 2 min; 48 in flight, 48 places held',
    ]);
  });

  it('never says 100 % before everything has ended', () => {
    expect(progressLine(shownStatus({ ok: 2_899, failed: 60, skipped: 40 }), PLAIN)).toContain('(99.9 %)');
  });
});

describe('status', () => {
  it('shows everything there is to know', () => {
    expect(statusLines(shownStatus(), PLAIN)).toEqual([
      'harbours-1  running',
      '  ████████████░░░░░░░░░░░░ 50.0 %  1,500 of 3,000 tasks, 1,000 tiles',
      '  1,400 ok, 60 failed, 40 skipped',
      '  12.5 tasks/s, ETA 2 min; 48 in flight, 48 places held',
      '  0 of 1 ranges merged',
      '  errors:',
      '    50 model_error: The job failed at the service.',
      '    40 empty_tile: Nothing in the tile is valid, or less than image.minValidFraction.',
      '    10 decode_failed: The bytes say that they are a picture but cannot be read: truncated or damaged.',
      '  output: s3://results/harbours/run=harbours-1/',
    ]);
  });

  it('says until when a run asks that has a window, while it goes on', () => {
    const night = { window_ends_at: '2026-03-01T00:30:00Z' };
    const told = '  window until 2026-03-01T00:30:00Z: what is not asked in time stays owed';
    expect(statusLines(shownStatus(night), PLAIN)).toContain(told);
    expect(statusLines(shownStatus({ ...night, state: 'complete' }), PLAIN)).not.toContain(told);
  });

  it('says which service halted, why, and what to do', () => {
    expect(statusLines(HALTED, PLAIN)).toEqual(
      expect.arrayContaining(['  caption halted (credentials): The service answered 401.', '    what to do: Put the key right.']),
    );
  });

  it('gives the reason of a run that failed before it knew its tiles', () => {
    const status = shownStatus({
      state: 'failed',
      inputs: 0,
      expected: 0,
      reason: 'No tiles.',
      output: null,
      errors: {},
      ranges: { done: 0, total: 0 },
    });
    expect(statusLines(status, PLAIN)).toEqual(['harbours-1  failed', '  reason: No tiles.']);
  });
});

describe('what the errors say', () => {
  const kinds = ['memory', 'disk', 'power', 'cable', 'heat', 'dust', 'noise'].map((text, at) => shownCluster(text, 10 - at));

  it('is shown by the five kinds that are most frequent, each with an example, and how many more there are', () => {
    const shown = statusLines(shownStatus({ fingerprints: kinds.toReversed() }), PLAIN);
    const from = shown.indexOf('  what they say:');
    expect(shown.slice(from + 1, from + 3)).toEqual([
      '    10 × memory (model_error, caption)',
      '      such as s3://imagery/memory.tif: memory at 12',
    ]);
    expect(shown.filter((line) => line.includes(' × '))).toHaveLength(5);
    expect(shown.slice(from + 11, from + 12)).toEqual(['    and 60 more']);
  });

  it('takes a line each where lines are redrawn', () => {
    const [few] = kinds;
    const status = shownStatus({ fingerprints: few === undefined ? [] : [few], errors: { model_error: 10 } });
    expect(clusterLines(status, true)).toEqual(['  10 × memory (model_error, caption)']);
  });

  it('is nothing where nothing is known of it', () => {
    expect(clusterLines({})).toEqual([]);
  });

  it('stands in the totals too', () => {
    expect(totalsLines(shownStatus({ state: 'complete', fingerprints: kinds }), PLAIN)).toContain('what they say:');
  });
});

describe('totals', () => {
  it('count what ended, and the errors by code', () => {
    const lines = totalsLines(shownStatus({ state: 'complete', ok: 2_900 }), PLAIN);
    expect(lines[0]).toBe('harbours-1 complete: 1,000 tiles, 3,000 tasks: 2,900 ok, 60 failed, 40 skipped');
    expect(lines[1]).toBe('errors by code:');
  });

  it('of a single tile speak of one', () => {
    const one = shownStatus({ state: 'complete', inputs: 1, expected: 1, ok: 1, failed: 0, skipped: 0 });
    expect(totalsLines(one, PLAIN)[0]).toBe('harbours-1 complete: 1 tile, 1 task: 1 ok, 0 failed, 0 skipped');
  });

  it('of a cancelled run say what is unfinished', () => {
    expect(totalsLines(shownStatus({ state: 'cancelled' }), PLAIN)[0]).toContain('40 skipped, 1,500 unfinished');
  });
});

describe('what comes from outside', () => {
  it('does not reach the terminal as control characters', () => {
    const evil = '\u001B[2Jx\u202Eevil\u0007';
    const status = shownStatus({
      run_id: evil,
      fingerprints: [{ ...shownCluster(evil, 1), service: evil }],
      output: `s3://results/${evil}/`,
      reason: evil,
      halted_services: [{ service: evil, code: 'gone', message: evil, action: evil }],
    });
    const lines = [
      ...statusLines(status, PLAIN),
      ...liveLines(status, PLAIN),
      ...totalsLines(status, PLAIN),
      progressLine(status, PLAIN),
    ];
    expect(lines.join('\n')).not.toMatch(/[\u001B\u202E\u0007]/u);
  });
});

it('colours follow the state', () => {
  expect(progressLine(shownStatus({ state: 'halted' }), createPaint(true))).toContain('\u001B[31mhalted\u001B[0m');
});

it('a code of a newer version is shown all the same', () => {
  expect(errorLines({ melted: 3 } as never)).toEqual(['  3 melted: a code of a newer version.']);
});
