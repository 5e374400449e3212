import { randomUUID } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { Desk } from './desk.ts';
import { GRPC, grpcReply } from './failure.ts';
import { firstInput } from './history.ts';
import { startAttributes } from './search-attributes.ts';

/** A run to be started. */
export interface StartRequest {
  readonly runId: string;
  readonly dataset: string;
  /** The workflow's argument: the spec, as JSON. */
  readonly spec: object;
  /** What starts it, for the search attribute; `cli` unless told. */
  readonly trigger?: 'cli' | 'backfill' | 'event';
  /** What makes two specs the same; a hash. */
  readonly identity: string;
  /** The same of a spec that somebody else has given. @throws where it is none. */
  readonly identityOf: (document: unknown) => string;
}

/** What every run that the command starts carries in its memo. */
interface StartMemo {
  readonly dataset: string;
  readonly started_at: string;
  readonly spec_identity: string;
  readonly start: string;
}

async function start({ client }: Desk, request: StartRequest, memo: StartMemo): Promise<void> {
  const { runId, dataset, spec, trigger = 'cli' } = request;
  const begin = async (searchable: object): Promise<unknown> =>
    client.workflow.start(WORKFLOW_TYPES.run, {
      taskQueue: TASK_QUEUES.workflows,
      workflowId: runId,
      args: [spec],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      memo: { ...memo },
      ...searchable,
    });
  try {
    await begin({ typedSearchAttributes: startAttributes(dataset, trigger) });
  } catch (error) {
    // A server that does not know the attributes refuses the whole start.
    if (grpcReply(error)?.code !== GRPC.invalidArgument) throw error;
    await begin({});
  }
}

async function identityThere(desk: Desk, request: StartRequest, memo: Partial<StartMemo>): Promise<string | null> {
  if (memo.spec_identity !== undefined) return memo.spec_identity;
  const input = await firstInput(desk, request.runId);
  try {
    return input === null ? null : request.identityOf(input);
  } catch {
    return null;
  }
}

/**
 * Starts a run, or joins the one that is open under the same id.
 * @throws Failure `InvalidSpec` where that one asks something else; nothing is changed then.
 */
export async function startRun(desk: Desk, request: StartRequest): Promise<{ readonly joined: boolean }> {
  const { runId, dataset, identity } = request;
  const memo = { dataset, started_at: new Date().toISOString(), spec_identity: identity, start: randomUUID() };
  return desk.ask(
    async () => {
      await start(desk, request, memo);
      const { memo: there = {} } = await desk.client.workflow.getHandle(runId).describe();
      if (there['start'] === memo.start) return { joined: false };
      if ((await identityThere(desk, request, there)) === identity) return { joined: true };
      throw new Failure(
        'InvalidSpec',
        `Run ${runId} is open with another spec. Give this one another --run-id, or start it with the same spec to join it.`,
      );
    },
    { runId },
  );
}
