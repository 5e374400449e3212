import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../cli/paint.ts';
import { describedLines, runDocuments } from '../../cli/schedule-text.ts';
import type { RunOutcome } from '../../cli/schedule-runs.ts';

const VIEW = {
  name: 'nightly',
  argument: { spec: 's3://ops/nightly.json', window: { timeZone: 'Asia/Kolkata', until: '06:00' } },
  dataset: 'harbours',
  cron: '0 2 * * *',
  timeZone: 'Asia/Kolkata',
  catchUpMs: 12 * 3_600_000,
  paused: false,
  note: null,
  next: ['2026-03-02T20:30:00.000Z'],
  runs: [],
  open: [],
  counts: { started: 2, waiting: 0, missed: 0, leftOut: 0 },
} as const;

function night(day: string, outcome: Pick<RunOutcome, 'state' | 'unfinished'>): RunOutcome {
  const dueAt = `2026-${day}T20:30:00.000Z`;
  return { runId: `nightly-2026-${day}T20:30:00Z`, scheduledFor: dueAt, startedAt: dueAt, reason: null, ...outcome };
}

const NIGHTS = [
  night('02-27', { state: 'complete', unfinished: 0 }),
  night('02-28', { state: 'complete', unfinished: 2_862 }),
  night('03-01', { state: 'running', unfinished: null }),
];

describe('the nights of a schedule', () => {
  it('are shown with what they left when their window ended', () => {
    const shown = describedLines(VIEW, NIGHTS, PLAIN).slice(-3);
    expect(shown).toEqual([
      '  nightly-2026-03-01T20:30:00Z  2026-03-02 02:00  2026-03-01T20:30:00Z  running',
      '  nightly-2026-02-28T20:30:00Z  2026-03-01 02:00  2026-02-28T20:30:00Z  complete, 2,862 tasks left',
      '  nightly-2026-02-27T20:30:00Z  2026-02-28 02:00  2026-02-27T20:30:00Z  complete',
    ]);
  });

  it('tell programs the same', () => {
    expect(runDocuments(NIGHTS)).toMatchObject([
      { unfinished: 0 },
      { unfinished: 2_862 },
      { state: 'running', unfinished: null },
    ]);
  });
});
