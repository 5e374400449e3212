import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { Failure } from '../../domain/failure.ts';
import { WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { Desk } from './desk.ts';
import { createSchedule } from './schedule-create.ts';
import type { ScheduleOrder } from './schedule-order.ts';
import { triggerSchedule, type Triggered } from './schedule-trigger.ts';
import { requireOwn, scheduleView, type ScheduleView } from './schedule-view.ts';

/** Schedules of runs. Everything throws Failure: `NotFound` where there is no such schedule, `Unreachable`, `Denied`. */
export interface Schedules {
  /**
   * @param replace whether one of that name may be there; it is changed in place then, and stays paused if it was.
   * @throws Failure `InvalidSpec` where the times make no sense, or there is one that may not be replaced.
   */
  create(order: ScheduleOrder, replace: boolean): Promise<{ readonly replaced: boolean }>;
  list(): Promise<ScheduleView[]>;
  describe(name: string): Promise<ScheduleView>;
  pause(name: string, note: string): Promise<void>;
  resume(name: string, note: string): Promise<void>;
  trigger(name: string): Promise<Triggered>;
  delete(name: string): Promise<void>;
}

async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new Failure('NotFound', `There is no schedule ${name}.`, { cause: error });
  }
}

async function described({ schedule }: Client, name: string): Promise<ScheduleView> {
  return scheduleView(requireOwn(await schedule.getHandle(name).describe()), Date.now());
}

/** The server's own list is some time behind, and does not say everything. */
async function all(client: Client): Promise<ScheduleView[]> {
  const names: string[] = [];
  for await (const { scheduleId, action } of client.schedule.list())
    if (action?.workflowType === WORKFLOW_TYPES.run) names.push(scheduleId);
  const views = names.toSorted().map((name) =>
    described(client, name).catch((error: unknown) => {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }),
  );
  return (await Promise.all(views)).filter((view) => view !== null);
}

/** @returns the schedules of the desk's namespace. */
export function createSchedules({ client, ask }: Desk): Schedules {
  const of = (name: string) => client.schedule.getHandle(name);
  const change = (name: string, work: () => Promise<void>): Promise<void> =>
    ask(() =>
      named(name, async () => {
        await described(client, name);
        await work();
      }),
    );
  return {
    create: (order, replace) => ask(() => named(order.name, () => createSchedule(client, order, replace))),
    describe: (name) => ask(() => named(name, () => described(client, name))),
    list: () => ask(() => all(client)),
    pause: (name, note) => change(name, () => of(name).pause(note)),
    resume: (name, note) => change(name, () => of(name).unpause(note)),
    delete: (name) => change(name, () => of(name).delete()),
    trigger: (name) => ask(() => named(name, () => triggerSchedule(of(name)))),
  };
}
