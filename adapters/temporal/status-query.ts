import { QueryNotRegisteredError, QueryRejectedError } from '@temporalio/client';
import { STATUS_QUERY } from '../../domain/temporal-names.ts';
import type { Desk } from './desk.ts';
import { GRPC, grpcReply } from './failure.ts';

const WITHIN_MS = 5_000;
/** What a server answers for a workflow that no worker is there to speak for. */
const NOBODY = new Set<number>([GRPC.deadlineExceeded, GRPC.failedPrecondition, GRPC.cancelled]);

function isUnanswered(error: unknown): boolean {
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) return true;
  return NOBODY.has(grpcReply(error)?.code ?? -1);
}

/** @returns a workflow's answer to the status query; null where no worker answers. @throws Failure */
export async function queryStatus<T>({ client, ask }: Desk, workflowId: string, args: unknown[]): Promise<T | null> {
  return ask(
    async () => {
      try {
        return await client.workflow.getHandle(workflowId).query<T, unknown[]>(STATUS_QUERY, ...args);
      } catch (error) {
        if (isUnanswered(error)) return null;
        throw error;
      }
    },
    { runId: workflowId, withinMs: WITHIN_MS },
  );
}
