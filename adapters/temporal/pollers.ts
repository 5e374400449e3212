import { TASK_QUEUES, type Role } from '../../domain/temporal-names.ts';
import type { Desk } from './desk.ts';

const WORKFLOW_QUEUE = 1;
const ACTIVITY_QUEUE = 2;
const KIND: Readonly<Record<Role, number>> = { workflows: WORKFLOW_QUEUE, io: ACTIVITY_QUEUE, inference: ACTIVITY_QUEUE };
/** A poll without work lasts a minute; the server remembers pollers for five. */
const POLLS_EVERY_MS = 75_000;

function timeMs(stamp: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(stamp?.seconds ?? 0) * 1_000;
}

/** @returns how many workers poll the task queue of a role. */
export async function pollersOf(desk: Desk, role: Role): Promise<number> {
  const { pollers } = await desk.ask(() =>
    desk.client.workflowService.describeTaskQueue({
      namespace: desk.namespace,
      taskQueue: { name: TASK_QUEUES[role] },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the client exports no names for the two kinds
      taskQueueType: KIND[role],
    }),
  );
  return (pollers ?? []).filter(({ lastAccessTime }) => timeMs(lastAccessTime) > Date.now() - POLLS_EVERY_MS).length;
}

/** @returns the roles that no worker has. */
export async function unservedRoles(desk: Desk): Promise<Role[]> {
  const roles = Object.keys(TASK_QUEUES) as Role[];
  const counts = await Promise.all(roles.map((role) => pollersOf(desk, role)));
  return roles.filter((_, at) => counts[at] === 0);
}
