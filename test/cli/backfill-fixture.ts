import { concludeBackfill } from '../../cli/backfill-conclusion.ts';
import { findRuns, type BackfillDesk } from '../../cli/backfill-desk.ts';
import { driveBackfill, type Driven } from '../../cli/backfill-drive.ts';
import { createBackfillView } from '../../cli/backfill-view.ts';
import { datesOf, type DateRun, type DateState, type Seen } from '../../domain/backfill.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { recordedScreen, type RecordedOptions, type RecordedScreen } from '../support/recorded-screen.ts';

export const FIGURES = { tiles: 12, ok: 24, failed: 0, takenOver: 3, endedAt: '2026-03-01T02:00:00.000Z' };

export function seen(state: DateState, more: Partial<Seen> = {}): Seen {
  const closed = state === 'complete' || state === 'cancelled';
  return { state, figures: closed ? FIGURES : null, reason: null, closed, ...more };
}

/** What looks show, run by run; the last one stays. An error is thrown. */
type Script = Readonly<Record<string, readonly (Seen | Error)[]>>;

interface FakeDesk extends BackfillDesk {
  readonly started: string[];
}

export function deskOf(script: Script, statuses: Readonly<Record<string, RunStatus>> = {}): FakeDesk {
  const looks = new Map<string, number>();
  const started: string[] = [];
  return {
    started,
    look: async ({ runId }) => {
      const n = looks.get(runId) ?? 0;
      looks.set(runId, n + 1);
      const shown = script[runId]?.at(Math.min(n, (script[runId]?.length ?? 1) - 1)) ?? seen('new');
      if (shown instanceof Error) throw shown;
      return shown;
    },
    start: async ({ runId }) => void started.push(runId),
    status: async ({ runId }) => statuses[runId] ?? null,
    outputOf: ({ runId }) => `s3://results/harbours/run=${runId}/`,
    unserved: async () => ['workflows', 'io', 'inference'],
  };
}

export const day = (date: number): string => `n-2026-01-0${date}T00:00:00Z`;
export function dates(count: number): DateRun[] {
  const to = { year: 2026, month: 1, day: count };
  return datesOf({ name: 'n', from: { ...to, day: 1 }, to, at: { hour: 0, minute: 0 }, timeZone: 'UTC' });
}

interface Shown extends RecordedScreen {
  readonly driven: Driven;
  readonly exitCode: number;
}

/** @param rests after so many looks Ctrl-C comes. */
export async function backfill(
  desk: FakeDesk,
  runs: readonly DateRun[],
  more: RecordedOptions & { rests?: number } = {},
): Promise<Shown> {
  const { rests = 50, ...options } = more;
  const recorded = recordedScreen({ columns: 200, ...options });
  const controller = new AbortController();
  let rested = 0;
  const rest = async (): Promise<void> => {
    rested += 1;
    if (rested >= rests) controller.abort();
  };
  const { screen } = recorded;
  const found = await findRuns(runs, 'n', desk.look);
  const view = createBackfillView(screen, found);
  const driven = await driveBackfill(found, {
    desk,
    rules: { atOnce: 2, newestFirst: false },
    view,
    signal: controller.signal,
    rest,
  });
  return { ...recorded, driven, exitCode: await concludeBackfill(driven, desk, screen) };
}
