import { phaseOf, secondsLeft, type DateRun, type DateState } from '../domain/backfill.ts';
import { spokenDuration } from '../domain/duration.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { oneLine } from '../domain/terminal.ts';
import { wholeSeconds } from '../domain/units.ts';
import type { Paint } from './paint.ts';
import { tableLines } from './text-table.ts';

/** How the dates of a backfill are shown to people. Pure. */

interface Shown {
  readonly text: string;
  readonly colour: keyof Paint;
}

/** In the order in which they are counted. */
const SHOWN = {
  complete: { text: 'complete', colour: 'green' },
  unfinished: { text: 'unfinished', colour: 'yellow' },
  no_tiles: { text: 'no tiles', colour: 'dim' },
  failed: { text: 'failed', colour: 'red' },
  cancelled: { text: 'cancelled', colour: 'yellow' },
  open: { text: 'open', colour: 'cyan' },
  halted: { text: 'halted', colour: 'red' },
  stopped: { text: 'stopped', colour: 'yellow' },
  new: { text: 'new', colour: 'dim' },
} as const satisfies Record<DateState, Shown>;

const STATES = Object.keys(SHOWN) as DateState[];
const HEAD = ['DATE', 'RUN', 'STATE', 'TILES', 'OK', 'FAILED', 'TAKEN OVER', 'WHEN'];
const REASON_LENGTH = 300;
/** Of runs that are open on a terminal: a table that is longer than the screen cannot be drawn again. */
const MOST_LIVE = 12;

function row({ date, runId, state, figures }: DateRun): string[] {
  const { tiles, ok, failed, takenOver, endedAt } = figures ?? {};
  const counts = [tiles, ok, failed, takenOver ?? undefined].map((count) => (count === undefined ? '' : grouped(count)));
  return [date, runId, SHOWN[state].text, ...counts, wholeSeconds(endedAt ?? '')];
}

/** @returns the table of all dates. */
export function backfillTable(runs: readonly DateRun[]): string[] {
  return tableLines([HEAD, ...runs.map(row)]);
}

function figuresText({ figures, reason, state }: DateRun): string {
  if (reason !== null) return `: ${oneLine(reason, REASON_LENGTH)}`;
  if (figures === null || phaseOf({ state }) !== 'ended') return '';
  const { tiles, ok, failed, takenOver } = figures;
  const taken = takenOver === null ? '' : `, ${grouped(takenOver)} taken over`;
  return `: ${quantity(tiles, 'tile', grouped)}, ${grouped(ok)} ok, ${grouped(failed)} failed${taken}`;
}

/** @returns what has become of one date, on a line. */
export function changeLine(run: DateRun, paint: Paint): string {
  const { text, colour } = SHOWN[run.state];
  return `${run.date} ${paint[colour](text)} ${run.runId}${figuresText(run)}`;
}

/** @returns `90 dates: 12 complete, 1 open, 77 new`. */
export function totalsText(runs: readonly DateRun[]): string {
  const counts = STATES.map((state) => [state, runs.filter((run) => run.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${grouped(count)} ${SHOWN[state].text}`);
  return `${quantity(runs.length, 'date', grouped)}: ${counts.join(', ')}`;
}

/** What has happened since a backfill began. */
export interface Pace {
  /** Dates that had ended when it began. */
  readonly endedBefore: number;
  readonly elapsedMs: number;
}

/** @returns the open runs and how far all are, for a terminal that is redrawn. */
export function backfillLive(runs: readonly DateRun[], { endedBefore, elapsedMs }: Pace, paint: Paint): string[] {
  const open = runs.filter((run) => phaseOf(run) === 'open');
  const left = runs.filter((run) => phaseOf(run) !== 'ended').length;
  const seconds = secondsLeft({ ended: runs.length - left - endedBefore, left, elapsedMs });
  const lines = open.slice(0, MOST_LIVE).map((run) => {
    const { ok, failed, tiles } = run.figures ?? { ok: 0, failed: 0, tiles: 0 };
    return `${changeLine(run, paint)}  ${quantity(tiles, 'tile', grouped)}, ${grouped(ok)} ok, ${grouped(failed)} failed`;
  });
  const more = open.length > MOST_LIVE ? [`and ${grouped(open.length - MOST_LIVE)} more`] : [];
  const eta = seconds === null ? '' : `; ETA ${spokenDuration(seconds)}`;
  return [...lines, ...more, `${totalsText(runs)}${eta}`];
}
