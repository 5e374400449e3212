import type { ScheduleDescription } from '@temporalio/client';
import { Failure } from '../../domain/failure.ts';
import { cronText, everyText, type CronCalendar, type CronRange } from '../../domain/schedule.ts';
import { WORKFLOW_TYPES } from '../../domain/temporal-names.ts';

/** A run that a schedule has started. */
export interface ScheduledRun {
  readonly runId: string;
  /** ISO 8601: the time that it stands for. */
  readonly scheduledFor: string;
  /** ISO 8601: when the schedule came to it. */
  readonly startedAt: string;
}

/** A schedule as Temporal knows it. */
export interface ScheduleView {
  readonly name: string;
  /** What the ids of its runs begin with: its name, unless somebody else has made it. */
  readonly runsNamed: string;
  /** What each of its runs is started with; null where that is nothing. */
  readonly argument: unknown;
  /** As it was when the schedule was made; null of one that somebody else has made. */
  readonly dataset: string | null;
  /** Null where its times are not those of one expression. */
  readonly cron: string | null;
  readonly timeZone: string;
  /** How much later than its times it may start runs; their ids have the times alone. 0 unless somebody else has made it. */
  readonly jitterMs: number;
  readonly catchUpMs: number;
  readonly paused: boolean;
  readonly note: string | null;
  /** ISO 8601; at most ten. Of a schedule that is paused the server goes on telling times that have passed: not these. */
  readonly next: readonly string[];
  /** The latest, at most ten; the oldest first. */
  readonly runs: readonly ScheduledRun[];
  /** Ids of the runs that are open. */
  readonly open: readonly string[];
  /** How many runs were started, wait for an open one, came too late to be caught up with, or were left out since one waited already. */
  readonly counts: { readonly started: number; readonly waiting: number; readonly missed: number; readonly leftOut: number };
}

type Raw = ScheduleDescription['raw'];
type RawSpec = NonNullable<NonNullable<Raw['schedule']>['spec']>;
type RawCalendar = NonNullable<RawSpec['structuredCalendar']>[number];
type RawRange = NonNullable<RawCalendar['second']>[number];

function rangesOf(ranges: RawRange[] | null | undefined): CronRange[] {
  return (ranges ?? []).map((range) => {
    const start = range.start ?? 0;
    // Where there is no end, or one before it, the start is all.
    return { start, end: Math.max(start, range.end ?? 0), step: Math.max(1, range.step ?? 1) };
  });
}

function calendarOf({ second, minute, hour, dayOfMonth, month, dayOfWeek, year }: RawCalendar): CronCalendar {
  return {
    second: rangesOf(second),
    minute: rangesOf(minute),
    hour: rangesOf(hour),
    dayOfMonth: rangesOf(dayOfMonth),
    month: rangesOf(month),
    dayOfWeek: rangesOf(dayOfWeek),
    year: rangesOf(year),
  };
}

type RawInterval = NonNullable<RawSpec['interval']>[number];

function intervalText({ interval, phase }: RawInterval): string | null {
  const shifted = Number(phase?.seconds ?? 0) !== 0;
  return shifted ? null : everyText(Number(interval?.seconds ?? 0) + (interval?.nanos ?? 0) / 1e9);
}

function cronOf({ structuredCalendar, interval }: RawSpec): string | null {
  const calendars = (structuredCalendar ?? []).map((calendar) => cronText(calendarOf(calendar)));
  const [expression = null, ...more] = [...calendars, ...(interval ?? []).map(intervalText)];
  return more.length === 0 ? expression : null;
}

function runsOf({ info }: ScheduleDescription): ScheduledRun[] {
  return info.recentActions.map(({ scheduledAt, takenAt, action: { workflow } }) => ({
    runId: workflow.workflowId,
    scheduledFor: scheduledAt.toISOString(),
    startedAt: takenAt.toISOString(),
  }));
}

/** @returns what a description says. */
export function scheduleView(description: ScheduleDescription, nowMs: number): ScheduleView {
  const { scheduleId, action, spec, policies, state, info, raw } = description;
  const dataset = action.memo?.['dataset'];
  const { actionCount, bufferSize, missedCatchupWindow, overlapSkipped } = raw.info ?? {};
  return {
    name: scheduleId,
    runsNamed: action.workflowId ?? scheduleId,
    argument: action.args?.[0] ?? null,
    dataset: typeof dataset === 'string' ? dataset : null,
    cron: cronOf(raw.schedule?.spec ?? {}),
    timeZone: spec.timezone === undefined || spec.timezone === '' ? 'UTC' : spec.timezone,
    jitterMs: spec.jitter ?? 0,
    catchUpMs: policies.catchupWindow,
    paused: state.paused,
    note: state.note === undefined || state.note === '' ? null : state.note,
    next: info.nextActionTimes.filter((at) => at.getTime() > nowMs).map((at) => at.toISOString()),
    runs: runsOf(description),
    open: info.runningActions.map(({ workflow }) => workflow.workflowId),
    counts: {
      started: Number(actionCount ?? 0),
      waiting: Number(bufferSize ?? 0),
      missed: Number(missedCatchupWindow ?? 0),
      leftOut: Number(overlapSkipped ?? 0),
    },
  };
}

/** @throws Failure `InvalidSpec` where it starts something else than runs. */
export function requireOwn(description: ScheduleDescription): ScheduleDescription {
  const { scheduleId, action } = description;
  if (action.workflowType === WORKFLOW_TYPES.run) return description;
  throw new Failure('InvalidSpec', `The schedule ${scheduleId} starts ${action.workflowType}, not runs; it is left alone.`);
}
