import type { ScheduleView } from '../adapters/temporal/schedule-view.ts';
import { wallText } from '../domain/calendar.ts';
import { spokenDuration } from '../domain/duration.ts';
import { quantity } from '../domain/quantity.ts';
import { scheduledRunId } from '../domain/schedule.ts';
import type { RunSpec } from '../domain/spec.ts';
import { oneLine } from '../domain/terminal.ts';
import { HOUR_MS, SECOND_MS, wholeSeconds } from '../domain/units.ts';
import { ownField } from '../schema/json-object.ts';
import type { Paint } from './paint.ts';
import type { RunOutcome } from './schedule-runs.ts';
import { tableLines } from './text-table.ts';

/** How schedules are shown. Pure; text from outside is made fit for a terminal here. */

const LONGEST = 100;
const REASON_LENGTH = 200;
const SHOWN_TIMES = 3;

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** What the schedule itself decides of its runs, as it hands it to them. */
function orders({ argument }: ScheduleView) {
  const window = ownField(argument, 'window');
  return {
    spec: textOf(ownField(argument, 'spec')),
    until: textOf(ownField(window, 'until')),
    priority: textOf(ownField(argument, 'priority')),
  };
}

function nextLines({ runsNamed, next, timeZone, paused }: ScheduleView): string[] {
  if (next.length === 0) return [paused ? 'next: none before it is resumed' : 'next: never; no time to come is one of these'];
  const rows = next.slice(0, SHOWN_TIMES).map((iso) => {
    const dueMs = Date.parse(iso);
    return [`  ${wallText(dueMs, timeZone)} ${timeZone}`, wholeSeconds(iso), `run ${scheduledRunId(runsNamed, dueMs)}`];
  });
  return ['next:', ...tableLines(rows)];
}

function timesText({ cron, timeZone }: ScheduleView): string {
  return `${cron === null ? 'times of its own' : `"${cron}"`} ${timeZone}`;
}

function stateText({ paused, note }: ScheduleView, paint: Paint): string {
  if (!paused) return paint.green('on');
  return paint.yellow(note === null ? 'paused' : `paused (${oneLine(note, LONGEST)})`);
}

/** What the first run that comes would ask. */
export interface FirstNight {
  readonly spec: RunSpec;
  readonly timeZone: string;
  readonly dueMs: number;
}

function untilText(endsMs: number, { timeZone, dueMs }: FirstNight): string {
  return `${wallText(endsMs, timeZone)} ${timeZone}, ${spokenDuration((endsMs - dueMs) / SECOND_MS)} after it is due`;
}

function firstLines(first: FirstNight): string[] {
  const { input, output, window } = first.spec;
  const ends = window?.endsAt === undefined ? [] : [['  until', untilText(Date.parse(window.endsAt), first)]];
  return [
    'the first of them:',
    ...tableLines([['  input', oneLine(input.uri, 1_000)], ['  output', oneLine(output.uri, 1_000)], ...ends]),
  ];
}

/** @returns what was made, when it comes, and what the first run will ask. */
export function createdLines(view: ScheduleView, { replaced, first }: { replaced: boolean; first: FirstNight | null }): string[] {
  const { name, dataset, paused } = view;
  const head = `${replaced ? 'replaced' : 'created'} schedule ${name}: ${timesText(view)}, dataset ${oneLine(dataset ?? '', LONGEST)}, ${oneLine(orders(view).spec ?? '', LONGEST)}`;
  const off = paused ? [`It is paused: nothing starts before \`tilescribe schedule resume ${name}\`.`] : [];
  return [head, ...nextLines(view), ...(first === null ? [] : firstLines(first)), ...off];
}

function countsText({ counts, catchUpMs }: ScheduleView): string {
  const late = `${catchUpMs / HOUR_MS} h`;
  return `${quantity(counts.started, 'run')} started; ${counts.waiting} waiting for an open one; ${counts.missed} missed (more than ${late} late); ${counts.leftOut} left out (one waited already)`;
}

function runRow({ runId, scheduledFor, startedAt, state }: RunOutcome, timeZone: string): string[] {
  return [`  ${runId}`, wallText(Date.parse(scheduledFor), timeZone), wholeSeconds(startedAt), state ?? 'forgotten by Temporal'];
}

function runLines({ timeZone }: ScheduleView, runs: readonly RunOutcome[]): string[] {
  if (runs.length === 0) return ['runs: none yet'];
  const rows = tableLines([['  RUN', 'FOR', 'STARTED', 'STATE'], ...runs.toReversed().map((run) => runRow(run, timeZone))]);
  const why = runs
    .toReversed()
    .flatMap(({ runId, reason }) => (reason === null ? [] : [`  ${runId}: ${oneLine(reason, REASON_LENGTH)}`]));
  return ['runs, the latest first:', ...rows, ...why];
}

/** @returns everything that is known of a schedule. */
export function describedLines(view: ScheduleView, runs: readonly RunOutcome[], paint: Paint): string[] {
  const { spec, until, priority } = orders(view);
  const rows = [
    ['spec', oneLine(spec ?? 'part of the schedule', 1_000)],
    ['times', timesText(view)],
    ['until', until ?? 'as the spec says'],
    ['priority', priority ?? 'as the spec says, else nightly'],
    ['state', stateText(view, paint)],
    ['counts', countsText(view)],
  ];
  const head = `${paint.bold(view.name)}${view.dataset === null ? '' : ` (dataset ${oneLine(view.dataset, LONGEST)})`}`;
  return [
    head,
    ...tableLines(rows.map(([label = '', ...rest]) => [`  ${label}`, ...rest])),
    ...nextLines(view),
    ...runLines(view, runs),
  ];
}

/** @returns a table of schedules. */
export function listLines(views: readonly ScheduleView[]): string[] {
  if (views.length === 0) return ['There is no schedule. Make one with `tilescribe schedule create`.'];
  const rows = views.map((view) => {
    const [first] = view.next;
    const never = view.paused ? '' : 'never';
    const next = first === undefined ? never : wallText(Date.parse(first), view.timeZone);
    const state = view.paused ? 'paused' : view.open.length > 0 ? 'running' : 'on';
    const { spec, until } = orders(view);
    return [view.name, state, view.cron ?? '', view.timeZone, until ?? '', next, oneLine(spec ?? '', LONGEST)];
  });
  return tableLines([['SCHEDULE', 'STATE', 'CRON', 'TIME ZONE', 'UNTIL', 'NEXT THERE', 'SPEC'], ...rows]);
}

/** @returns the same as one object. */
export function scheduleDocument(view: ScheduleView): object {
  const { name, dataset, cron, timeZone, catchUpMs, paused, note, next, open, counts } = view;
  return {
    name,
    dataset,
    ...orders(view),
    cron,
    time_zone: timeZone,
    catch_up_hours: catchUpMs / HOUR_MS,
    paused,
    note,
    next: next.map(wholeSeconds),
    open_runs: open,
    started: counts.started,
    waiting: counts.waiting,
    missed: counts.missed,
    left_out: counts.leftOut,
  };
}

/** @returns runs as objects. */
export function runDocuments(runs: readonly RunOutcome[]): object[] {
  return runs.map(({ runId, scheduledFor, startedAt, state, reason }) => ({
    run_id: runId,
    scheduled_for: wholeSeconds(scheduledFor),
    started_at: startedAt,
    state,
    reason,
  }));
}
