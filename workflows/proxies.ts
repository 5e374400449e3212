import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { TASK_QUEUES } from '../domain/temporal-names.ts';

/**
 * Every timeout, retry and queue. `WAIT_CANCELLATION_COMPLETED` is written out because the SDK sends nothing by
 * default, which the server reads as "do not wait": a cancel would then orphan what a slice has in flight.
 */
const COMMON = { cancellationType: 'WAIT_CANCELLATION_COMPLETED' } as const satisfies ActivityOptions;
const BACKOFF = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' } as const;
const IO = {
  ...COMMON,
  taskQueue: TASK_QUEUES.io,
  heartbeatTimeout: '20 seconds',
  retry: BACKOFF,
} as const satisfies ActivityOptions;

/**
 * Opening tells a person at once what is wrong; what cannot be reached for some minutes is told too. Attempts are counted,
 * not the time: for a worker a run waits as long as it takes.
 */
export const { openRun } = proxyActivities<Activities>({
  ...IO,
  startToCloseTimeout: '2 minutes',
  retry: { ...BACKOFF, maximumAttempts: 10 },
});

/** Millions of keys take a while; every attempt goes on where the last one stopped. */
export const { enumerate } = proxyActivities<Activities>({ ...IO, startToCloseTimeout: '24 hours' });

/** It reads what other runs of the same output left; one that is tried again begins anew. */
export const { harvest } = proxyActivities<Activities>({ ...IO, startToCloseTimeout: '24 hours' });

export const { merge, finalize } = proxyActivities<Activities>({ ...IO, startToCloseTimeout: '12 hours' });

/** The only hot activity. It beats often, so that pause and cancel are heard within 10 s, and is retried without limit. */
export const { advance } = proxyActivities<Activities>({
  ...COMMON,
  taskQueue: TASK_QUEUES.inference,
  heartbeatTimeout: '10 seconds',
  startToCloseTimeout: '1 hour',
  retry: BACKOFF,
});
