import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import { createLeaseDesk } from '../../adapters/temporal/lease-desk.ts';
import { TASK_QUEUES } from '../../domain/temporal-names.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import { openNamespace } from '../support/temporal-namespace.ts';
import { workflowBundle } from './bundle.ts';

/** A namespace with a worker for its budget, which nobody has started. */
export interface BudgetWorld {
  readonly desk: LeaseDesk;
  readonly client: Client;
  close(): Promise<void>;
}

export async function openBudgetWorld(options: Partial<WorkerOptions> = {}): Promise<BudgetWorld> {
  const { namespace, connection, client, close } = await openNamespace(options);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUES.workflows,
    workflowBundle: await workflowBundle(),
    ...options,
  });
  const ended = worker.run();
  return {
    client,
    desk: createLeaseDesk(client),
    close: async () => {
      worker.shutdown();
      await ended;
      await close();
    },
  };
}
