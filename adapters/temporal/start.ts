import { randomUUID } from 'node:crypto';
import { TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { Desk } from './desk.ts';
import { GRPC, grpcReply } from './failure.ts';
import { requireSameAsClosed, requireSameAsOpen, type IdentityMemo, type SpecOfId } from './same-spec.ts';
import { startAttributes } from './search-attributes.ts';

/** A run to be started. */
export interface StartRequest extends SpecOfId {
  readonly dataset: string;
  /** What starts it, for the search attribute; `cli` unless told. */
  readonly trigger?: 'cli' | 'backfill' | 'event';
}

/** What every run that the command starts carries in its memo. */
interface StartMemo extends IdentityMemo {
  readonly dataset: string;
  readonly started_at: string;
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

/**
 * Starts a run, or joins the one that is open under the same id, or goes on with one that has closed.
 * @throws Failure `InvalidSpec` where that one asks something else; nothing is changed then.
 */
export async function startRun(desk: Desk, request: StartRequest): Promise<{ readonly joined: boolean }> {
  const { runId, dataset, identity } = request;
  const memo = { dataset, started_at: new Date().toISOString(), spec_identity: identity, start: randomUUID() };
  return desk.ask(
    async () => {
      await requireSameAsClosed(desk, request);
      await start(desk, request, memo);
      const { memo: there = {} } = await desk.client.workflow.getHandle(runId).describe();
      if (there['start'] === memo.start) return { joined: false };
      await requireSameAsOpen(desk, request, there);
      return { joined: true };
    },
    { runId },
  );
}
