import type { WorkflowHandle } from '@temporalio/client';
import { sum } from '../domain/units.ts';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
/** One event of a workflow's history, as the server gives it. */
export type HistoryEvent = NonNullable<History['events']>[number];

/** What a run cost at Temporal, its share of the budget's workflow counted in. */
export interface TemporalFigures {
  readonly events: number;
  /** Billed actions by kind, heartbeats left out. */
  readonly actions: Readonly<Record<Action, number>>;
  /** Heartbeats that reach the server, at most: also billed, and shown apart because they depend on time, not on tiles. */
  readonly heartbeats: number;
  readonly slices: number;
  /** Mean of them; 0 where there are none. */
  readonly sliceSeconds: number;
}

type Action = 'workflow starts' | 'activity attempts' | 'timers' | 'signals' | 'updates' | 'search attribute changes';

/** An attempt of an activity that failed leaves no event of its own: the one that began last knows their number. */
const COUNTS = {
  'workflow starts': (event) => Number(Boolean(event.workflowExecutionStartedEventAttributes)),
  'activity attempts': (event) => event.activityTaskStartedEventAttributes?.attempt ?? 0,
  timers: (event) => Number(Boolean(event.timerStartedEventAttributes)),
  signals: (event) => Number(Boolean(event.workflowExecutionSignaledEventAttributes)),
  updates: (event) => Number(Boolean(event.workflowExecutionUpdateAcceptedEventAttributes)),
  'search attribute changes': (event) => Number(Boolean(event.upsertWorkflowSearchAttributesEventAttributes)),
} as const satisfies Record<Action, (event: HistoryEvent) => number>;

/** The SDK passes on one heartbeat in this share of the time after which a silent activity counts as dead. */
const THROTTLED_TO = 0.8;

interface Activity {
  readonly type: string;
  readonly heartbeatSeconds: number;
  readonly startedAtS: number;
}

interface EndedActivity extends Activity {
  readonly seconds: number;
}

type Time = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

function secondsOf(time: Time): number {
  return Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
}

/** @param events of one execution, in order. @returns its activities that completed. */
function activitiesOf(events: readonly HistoryEvent[]): EndedActivity[] {
  const open = new Map<number, Activity>();
  const ended: EndedActivity[] = [];
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const startOf = Number(event.activityTaskStartedEventAttributes?.scheduledEventId ?? 0);
    const endOf = open.get(Number(event.activityTaskCompletedEventAttributes?.scheduledEventId ?? 0));
    const started = open.get(startOf);
    if (scheduled) {
      const heartbeatSeconds = secondsOf(scheduled.heartbeatTimeout);
      open.set(Number(event.eventId), { type: scheduled.activityType?.name ?? '', heartbeatSeconds, startedAtS: 0 });
    }
    if (started !== undefined) open.set(startOf, { ...started, startedAtS: secondsOf(event.eventTime) });
    if (endOf !== undefined) ended.push({ ...endOf, seconds: secondsOf(event.eventTime) - endOf.startedAtS });
  }
  return ended;
}

function heartbeatsOf({ heartbeatSeconds, seconds }: EndedActivity): number {
  return heartbeatSeconds === 0 ? 0 : Math.ceil(seconds / (heartbeatSeconds * THROTTLED_TO));
}

/** @param executions histories of the run's workflow and of the budget's, each execution apart. */
export function temporalFigures(executions: readonly (readonly HistoryEvent[])[]): TemporalFigures {
  const events = executions.flat();
  const activities = executions.flatMap(activitiesOf);
  const slices = activities.filter(({ type }) => type === 'advance');
  const actions = Object.fromEntries(Object.entries(COUNTS).map(([action, count]) => [action, sum(events.map(count))]));
  return {
    events: events.length,
    actions: actions as Record<Action, number>,
    heartbeats: sum(activities.map(heartbeatsOf)),
    slices: slices.length,
    sliceSeconds: slices.length === 0 ? 0 : sum(slices.map(({ seconds }) => seconds)) / slices.length,
  };
}

/** @returns billed actions, heartbeats left out. */
export function allActions({ actions }: TemporalFigures): number {
  return sum(Object.values(actions));
}
