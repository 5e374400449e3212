import type { ScheduleOptions, ScheduleOptionsStartWorkflowAction } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import { HOUR_MS } from '../../domain/units.ts';
import { startAttributes } from './search-attributes.ts';

/** A schedule to be made. */
export interface ScheduleOrder {
  readonly name: string;
  readonly cron: string;
  /** Whose clocks `cron` goes by. */
  readonly timeZone: string;
  /** What each run is started with: what names the spec. */
  readonly argument: object;
  /** What lists show of the runs. */
  readonly memo: ScheduleMemo;
  /** A run that is due while nobody can start it is started so much later at most. */
  readonly catchUpHours: number;
  readonly paused: boolean;
}

/** What every run of a schedule carries in its memo. */
export interface ScheduleMemo {
  readonly dataset: string;
  readonly spec: string;
  readonly cron: string;
  readonly time_zone: string;
  /** `HH:MM`; null where only the spec says. */
  readonly until: string | null;
}

export type OwnSchedule = ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>>;

/** @param searchable false for a server that does not know the search attributes. */
export function scheduleOptions(order: ScheduleOrder, searchable: boolean): OwnSchedule {
  const { name, cron, timeZone, argument, memo, catchUpHours, paused } = order;
  return {
    scheduleId: name,
    spec: { cronExpressions: [cron], timezone: timeZone },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPES.run,
      // The server appends the time that each run stands for.
      workflowId: name,
      taskQueue: TASK_QUEUES.workflows,
      args: [argument],
      memo: { ...memo },
      ...(searchable && { typedSearchAttributes: startAttributes(memo.dataset, 'schedule') }),
    },
    policies: { overlap: 'BUFFER_ONE', catchupWindow: catchUpHours * HOUR_MS },
    state: { paused },
  };
}
