import { Failure } from '../domain/failure.ts';
import { EventQueueError, type EventQueueProblem } from '../ports/event-queue.ts';
import { ObjectStoreError } from '../ports/object-store.ts';

/** @returns whether it may be there again by itself: Temporal, S3 or the queue. */
export function isAway(error: unknown): boolean {
  if (error instanceof Failure) return error.kind === 'Unreachable';
  return (error instanceof EventQueueError || error instanceof ObjectStoreError) && error.problem === 'unreachable';
}

/** @returns whether it is that of a queue. */
export function isQueueProblem(error: unknown, problem: EventQueueProblem): error is EventQueueError {
  return error instanceof EventQueueError && error.problem === problem;
}
