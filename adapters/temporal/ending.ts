import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { Failure, FAILURES, type FailureKind } from '../../domain/failure.ts';
import type { RunStatus } from '../../domain/progress.ts';

/** How a run's workflow closed. A cancelled one has no result of its own. */
export type Ending =
  | { readonly kind: 'ended'; readonly status: RunStatus }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };

function chain(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

function kindOf(type: string | null | undefined): FailureKind {
  return type !== null && type !== undefined && Object.hasOwn(FAILURES, type) ? (type as FailureKind) : 'Internal';
}

/** @returns the ending that an error from waiting for a workflow's result means; null where it is none. */
export function endingOf(error: unknown, runId: string): Ending | null {
  if (!(error instanceof WorkflowFailedError)) return null;
  const causes = chain(error.cause);
  const ours = causes.find((cause) => cause instanceof ApplicationFailure);
  if (ours !== undefined) return { kind: 'failed', failure: new Failure(kindOf(ours.type), ours.message, { cause: error }) };
  if (causes.some((cause) => cause instanceof CancelledFailure)) return { kind: 'cancelled' };
  const why = causes.some((cause) => cause instanceof TerminatedFailure) ? 'was terminated in Temporal' : 'failed in Temporal';
  const sentence = `Run ${runId} ${why}: ${causes.at(-1)?.message ?? error.message}. Start it again with the same --run-id: it continues.`;
  return { kind: 'failed', failure: new Failure('Internal', sentence, { cause: error }) };
}
