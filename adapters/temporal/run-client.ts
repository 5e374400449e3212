import type { BudgetStatus } from '../../domain/budget-status.ts';
import type { BudgetOrder } from '../../domain/figures.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { PAUSE_SIGNAL, RESUME_SIGNAL, type Role } from '../../domain/temporal-names.ts';
import { budgetNow, setBudget } from './budget-desk.ts';
import { cancelRun, type Cancelled } from './cancel.ts';
import { type Desk, openDesk } from './desk.ts';
import { endingOf, type Ending } from './ending.ts';
import { unservedRoles } from './pollers.ts';
import { listRuns, type ListedRun } from './run-list.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import { sightingOf, type Sighting } from './sighting.ts';
import { startRun, type StartRequest } from './start.ts';
import { queryStatus } from './status-query.ts';

/** Runs as the command deals with them. Everything throws Failure: `NotFound`, `Unreachable`, `Denied`. */
export interface RunClient {
  readonly address: string;
  readonly namespace: string;
  start(request: StartRequest): Promise<{ readonly joined: boolean }>;
  /** Null where no worker answers: nobody else can. */
  status(runId: string): Promise<RunStatus | null>;
  /** What Temporal itself knows. */
  look(runId: string): Promise<Sighting>;
  /** Of a run that has closed. */
  ending(runId: string): Promise<Ending>;
  pause(runId: string): Promise<void>;
  resume(runId: string): Promise<void>;
  cancel(runId: string): Promise<Cancelled>;
  list(limit: number): Promise<ListedRun[]>;
  /** Null where no worker answers. */
  budget(nowMs: number): Promise<BudgetStatus | null>;
  /** Also before any run. @returns the budget after the order. @throws Failure `InvalidConfiguration` where it makes no sense. */
  setBudget(order: BudgetOrder): Promise<void>;
  unservedRoles(): Promise<Role[]>;
  readonly schedules: Schedules;
  close(): Promise<void>;
}

const LOOK_WITHIN_MS = 5_000;

async function ending({ client, ask }: Desk, runId: string): Promise<Ending> {
  return ask(
    async (): Promise<Ending> => {
      try {
        return { kind: 'ended', status: (await client.workflow.getHandle(runId).result()) as RunStatus };
      } catch (error) {
        const known = endingOf(error, runId);
        if (known === null) throw error;
        return known;
      }
    },
    { runId },
  );
}

/** @throws Failure `Unreachable` where no Temporal server answers. */
export async function openRunClient(): Promise<RunClient> {
  const desk = await openDesk();
  const { client, ask, address, namespace, close } = desk;
  const of = (runId: string) => client.workflow.getHandle(runId);
  return {
    address,
    namespace,
    close,
    start: (request) => startRun(desk, request),
    status: (runId) => queryStatus<RunStatus>(desk, runId, []),
    look: (runId) => ask(async () => sightingOf(await of(runId).describe()), { runId, withinMs: LOOK_WITHIN_MS }),
    ending: (runId) => ending(desk, runId),
    pause: (runId) => ask(() => of(runId).signal(PAUSE_SIGNAL), { runId }),
    resume: (runId) => ask(() => of(runId).signal(RESUME_SIGNAL), { runId }),
    cancel: (runId) => ask(() => cancelRun(desk, runId), { runId }),
    list: (limit) => listRuns(desk, limit),
    budget: (nowMs) => budgetNow(desk, nowMs),
    setBudget: (order) => setBudget(desk, order),
    unservedRoles: () => unservedRoles(desk),
    schedules: createSchedules(desk),
  };
}
