import { describe, expect, it } from 'vitest';
import { allActions, temporalFigures, type HistoryEvent } from '../../bench/temporal-figures.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Events as the server numbers them; times in seconds. */
function history(...events: readonly Attributes[]): HistoryEvent[] {
  return events.map(({ at: when, ...attributes }, n) => {
    const at = Number(when ?? 0);
    const event = { eventId: n + 1, eventTime: { seconds: Math.floor(at), nanos: Math.round((at % 1) * 1e9) }, ...attributes };
    return event as unknown as HistoryEvent;
  });
}

const started = { workflowExecutionStartedEventAttributes: {} };
const scheduled = (name: string, heartbeatSeconds: number): Attributes => ({
  activityTaskScheduledEventAttributes: { activityType: { name }, heartbeatTimeout: { seconds: heartbeatSeconds } },
});
const begun = (scheduledEventId: number, at: number, attempt = 1): Attributes => ({
  activityTaskStartedEventAttributes: { scheduledEventId, attempt },
  at,
});
const completed = (scheduledEventId: number, at: number): Attributes => ({
  activityTaskCompletedEventAttributes: { scheduledEventId },
  at,
});

describe('what a run costs at Temporal', () => {
  it('counts every event of every execution', () => {
    expect(temporalFigures([history(started, started), history(started)]).events).toBe(3);
  });

  it('bills workflow starts, attempts of activities, timers, signals, updates and changed search attributes', () => {
    const figures = temporalFigures([
      history(
        started,
        { workflowTaskScheduledEventAttributes: {} },
        { timerStartedEventAttributes: {} },
        { workflowExecutionSignaledEventAttributes: {} },
        { workflowExecutionUpdateAcceptedEventAttributes: {} },
        { workflowExecutionUpdateCompletedEventAttributes: {} },
        { upsertWorkflowSearchAttributesEventAttributes: {} },
        scheduled('merge', 20),
        begun(8, 1, 3),
        completed(8, 2),
      ),
    ]);
    expect(figures.actions).toEqual({
      'workflow starts': 1,
      'activity attempts': 3,
      timers: 1,
      signals: 1,
      updates: 1,
      'search attribute changes': 1,
    });
    expect(allActions(figures)).toBe(8);
  });

  it('knows slices from other activities, also where two run at once', () => {
    const figures = temporalFigures([
      history(
        scheduled('advance', 10),
        scheduled('advance', 10),
        begun(1, 10),
        begun(2, 11),
        completed(2, 21),
        completed(1, 30),
        scheduled('finalize', 20),
        begun(7, 31),
        completed(7, 32),
      ),
    ]);
    expect(figures).toMatchObject({ slices: 2, sliceSeconds: 15 });
  });

  it('shows heartbeats apart: one for every 8 s of a slice whose heartbeats may be 10 s apart', () => {
    const figures = temporalFigures([history(scheduled('advance', 10), begun(1, 0), completed(1, 17.5))]);
    expect(figures.heartbeats).toBe(3);
    expect(allActions(figures)).toBe(1);
  });

  it('has no heartbeats where an activity has no limit for them', () => {
    expect(temporalFigures([history(scheduled('openRun', 0), begun(1, 0), completed(1, 60))]).heartbeats).toBe(0);
  });
});
