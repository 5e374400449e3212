import type { ScheduleView } from '../adapters/temporal/schedule-view.ts';
import { wallText } from '../domain/calendar.ts';
import { spokenDuration } from '../domain/duration.ts';
import { quantity } from '../domain/quantity.ts';
import { scheduledRunId } from '../domain/schedule.ts';
import type { RunSpec } from '../domain/spec.ts';
import { oneLine } from '../domain/terminal.ts';
import { HOUR_MS, SECOND_MS, wholeSeconds } from '../domain/units.ts';
import { ownField } from '../schema/json-object.ts';
import { isNamedSpec } from '../schema/night.ts';
import type { Paint } from './paint.ts';
import type { RunOutcome } from './schedule-runs.ts';
import { tableLines } from './text-table.ts';

/** How schedules are shown. Pure; text from outside is made fit for a terminal here. */

const LONGEST = 100;
/** Of what is to be copied whole: addresses and run ids. */
const ADDRESS_LENGTH = 1_000;
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

function nextLines({ runsNamed, next, timeZone, paused, jitterMs }: ScheduleView): string[] {
  if (next.length === 0) return [paused ? 'next: none before it is resumed' : 'next: never; no time to come is one of these'];
  const rows = next.slice(0, SHOWN_TIMES).map((iso) => {
    const dueMs = Date.parse(iso);
    // What its run is called is known only where it is due at the time that it stands for.
    const run = jitterMs > 0 ? '' : `run ${oneLine(scheduledRunId(runsNamed, dueMs), ADDRESS_LENGTH)}`;
    return [`  ${wallText(dueMs, timeZone)} ${timeZone}`, wholeSeconds(iso), run];
  });
  return [paused ? 'next, where it is resumed before (it is paused):' : 'next:', ...tableLines(rows)];
}

function timesText({ cron, timeZone, jitterMs }: ScheduleView): string {
  const late = jitterMs > 0 ? `, up to ${spokenDuration(jitterMs / SECOND_MS)} later (jitter)` : '';
  return `${cron === null ? 'times of its own' : `"${cron}"`} ${timeZone}${late}`;
}

/** @returns by whose clocks dates in addresses go, where that is not by those of the times. */
function datesRow({ argument, timeZone }: ScheduleView): string[][] {
  const said = textOf(ownField(ownField(argument, 'window'), 'timeZone'));
  const isInSpec = said === null && isNamedSpec(argument);
  if ((said ?? 'UTC') === timeZone) return [];
  const clocks = isInSpec ? 'window.timeZone of the spec, by UTC where it has none' : oneLine(said ?? 'UTC', LONGEST);
  return [['dates', `go by ${clocks}; times by ${timeZone}`]];
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
    ...tableLines([['  input', oneLine(input.uri, ADDRESS_LENGTH)], ['  output', oneLine(output.uri, ADDRESS_LENGTH)], ...ends]),
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
  return [
    `  ${oneLine(runId, LONGEST)}`,
    wallText(Date.parse(scheduledFor), timeZone),
    wholeSeconds(startedAt),
    state ?? 'forgotten by Temporal',
  ];
}

function runLines({ timeZone }: ScheduleView, runs: readonly RunOutcome[]): string[] {
  if (runs.length === 0) return ['runs: none yet'];
  const rows = tableLines([['  RUN', 'FOR', 'STARTED', 'STATE'], ...runs.toReversed().map((run) => runRow(run, timeZone))]);
  const why = runs
    .toReversed()
    .flatMap(({ runId, reason }) =>
      reason === null ? [] : [`  ${oneLine(runId, ADDRESS_LENGTH)}: ${oneLine(reason, REASON_LENGTH)}`],
    );
  return ['runs, the latest first:', ...rows, ...why];
}

/** @returns everything that is known of a schedule. */
export function describedLines(view: ScheduleView, runs: readonly RunOutcome[], paint: Paint): string[] {
  const { spec, until, priority } = orders(view);
  const rows = [
    ['spec', oneLine(spec ?? 'part of the schedule', ADDRESS_LENGTH)],
    ['times', timesText(view)],
    ...datesRow(view),
    ['until', until ?? 'as the spec says'],
    ['priority', priority ?? 'as the spec says, else nightly'],
    ['state', stateText(view, paint)],
    ['counts', countsText(view)],
  ];
  const head = `${paint.bold(oneLine(view.name, ADDRESS_LENGTH))}${view.dataset === null ? '' : ` (dataset ${oneLine(view.dataset, LONGEST)})`}`;
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
    const resumed = view.paused ? ' if resumed' : '';
    const next = first === undefined ? never : `${wallText(Date.parse(first), view.timeZone)}${resumed}`;
    const state = view.paused ? 'paused' : view.open.length > 0 ? 'running' : 'on';
    const { spec, until } = orders(view);
    return [
      oneLine(view.name, ADDRESS_LENGTH),
      state,
      view.cron ?? '',
      view.timeZone,
      until ?? '',
      next,
      oneLine(spec ?? '', LONGEST),
    ];
  });
  return tableLines([['SCHEDULE', 'STATE', 'CRON', 'TIME ZONE', 'UNTIL', 'NEXT THERE', 'SPEC'], ...rows]);
}

/** @returns the same as one object. */
export function scheduleDocument(view: ScheduleView): object {
  const { name, dataset, cron, timeZone, jitterMs, catchUpMs, paused, note, next, open, counts } = view;
  return {
    name,
    dataset,
    ...orders(view),
    cron,
    time_zone: timeZone,
    jitter_seconds: jitterMs / SECOND_MS,
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
