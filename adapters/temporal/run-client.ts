import { QueryNotRegisteredError, QueryRejectedError } from '@temporalio/client';
import type { BudgetStatus } from '../../domain/budget-status.ts';
import { Failure } from '../../domain/failure.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { BUDGET_WORKFLOW_ID, PAUSE_SIGNAL, RESUME_SIGNAL, STATUS_QUERY, type Role } from '../../domain/temporal-names.ts';
import { type Desk, openDesk } from './desk.ts';
import { endingOf, type Ending } from './ending.ts';
import { GRPC, grpcReply } from './failure.ts';
import { unservedRoles } from './pollers.ts';
import { listRuns, type ListedRun } from './run-list.ts';
import { sightingOf, type Sighting } from './sighting.ts';
import { startRun, type StartRequest } from './start.ts';

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
  cancel(runId: string): Promise<void>;
  list(limit: number): Promise<ListedRun[]>;
  /** Null where no worker answers. */
  budget(nowMs: number): Promise<BudgetStatus | null>;
  unservedRoles(): Promise<Role[]>;
  close(): Promise<void>;
}

const LOOK_WITHIN_MS = 5_000;
/** What a server answers for a workflow that no worker is there to speak for. */
const NOBODY = new Set<number>([GRPC.deadlineExceeded, GRPC.failedPrecondition, GRPC.cancelled]);

function isUnanswered(error: unknown): boolean {
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) return true;
  return NOBODY.has(grpcReply(error)?.code ?? -1);
}

async function query<T>({ client, ask }: Desk, workflowId: string, args: unknown[]): Promise<T | null> {
  return ask(
    async () => {
      try {
        return await client.workflow.getHandle(workflowId).query<T, unknown[]>(STATUS_QUERY, ...args);
      } catch (error) {
        if (isUnanswered(error)) return null;
        throw error;
      }
    },
    { runId: workflowId, withinMs: LOOK_WITHIN_MS },
  );
}

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

async function budget(desk: Desk, nowMs: number): Promise<BudgetStatus | null> {
  try {
    return await query<BudgetStatus>(desk, BUDGET_WORKFLOW_ID, [nowMs]);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return { as_of: new Date(nowMs).toISOString(), services: [] };
    throw error;
  }
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
    status: (runId) => query<RunStatus>(desk, runId, []),
    look: (runId) => ask(async () => sightingOf(await of(runId).describe()), { runId, withinMs: LOOK_WITHIN_MS }),
    ending: (runId) => ending(desk, runId),
    pause: (runId) => ask(() => of(runId).signal(PAUSE_SIGNAL), { runId }),
    resume: (runId) => ask(() => of(runId).signal(RESUME_SIGNAL), { runId }),
    cancel: (runId) => ask(async () => void (await of(runId).cancel()), { runId }),
    list: (limit) => listRuns(desk, limit),
    budget: (nowMs) => budget(desk, nowMs),
    unservedRoles: () => unservedRoles(desk),
  };
}
