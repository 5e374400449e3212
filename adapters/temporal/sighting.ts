import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { strandBeat, type StrandBeat } from '../../domain/live.ts';

/** A run as Temporal itself sees it; no worker is asked. */
export interface Sighting {
  readonly open: boolean;
  /** It was terminated, or ran out of time: started again it goes on. */
  readonly stopped: boolean;
  readonly startedAt: string;
  /** Of the slices that go on at this moment. */
  readonly beats: readonly StrandBeat[];
  /** Why activities are being tried again, in the words of their last failure. */
  readonly waitingFor: readonly string[];
}

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** One failed attempt is no news: a worker that stops hands its work over that way. */
const WORTH_TELLING_ATTEMPT = 3;

function beatOf({ heartbeatDetails }: PendingActivity): StrandBeat[] {
  const [payload] = heartbeatDetails?.payloads ?? [];
  const beat = payload === undefined ? null : strandBeat(defaultPayloadConverter.fromPayload(payload));
  return beat === null ? [] : [beat];
}

function trouble({ lastFailure, attempt }: PendingActivity): string[] {
  const message = lastFailure?.message;
  return message && (attempt ?? 1) >= WORTH_TELLING_ATTEMPT ? [message] : [];
}

const STOPPED = new Set<string>(['TERMINATED', 'TIMED_OUT']);

/** @returns what a description of the run's workflow says. */
export function sightingOf(description: WorkflowExecutionDescription): Sighting {
  const pending = description.raw.pendingActivities ?? [];
  return {
    open: description.status.name === 'RUNNING',
    stopped: STOPPED.has(description.status.name),
    startedAt: description.startTime.toISOString(),
    beats: pending.flatMap(beatOf),
    waitingFor: [...new Set(pending.flatMap(trouble))],
  };
}
