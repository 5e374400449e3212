import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Failure, FAILURES } from '../domain/failure.ts';
import { withPlainAddresses } from '../domain/shown-address.ts';
import { KIB } from '../domain/units.ts';
import type { Pulse } from './pulse.ts';

const HEARTBEAT_MS = 2_000;

/** Whether a failure of this activity may be final. */
export interface Performance {
  /** Tried again whatever happens: a run must outlive the night's troubles. */
  readonly always: boolean;
}

/** A history takes 16 KiB of each. */
const MOST_TOLD_BYTES = 12 * KIB;

/** @returns a message as a history may keep it: not long, and without what lets others in. */
export function toldMessage(message: string): string {
  const plain = Buffer.from(withPlainAddresses(message));
  if (plain.length <= MOST_TOLD_BYTES) return plain.toString();
  // The last character may be cut in the middle.
  return `${plain
    .subarray(0, MOST_TOLD_BYTES)
    .toString()
    .replace(/\uFFFD$/u, '')}…`;
}

/** The failure goes into Temporal's history: sentences for people, without the places in our code. */
function told(message: string, how: { type: string; nonRetryable: boolean }): ApplicationFailure {
  const failure = ApplicationFailure.create({ message: toldMessage(message), ...how });
  failure.stack = '';
  return failure;
}

function shuttingDown(): boolean {
  return Context.current().cancellationDetails?.workerShutdown === true;
}

/** The one place where our errors become Temporal's: kind as type, sentences as message, no upstream stack. */
function translated(error: unknown, { always }: Performance): unknown {
  if (shuttingDown()) return ApplicationFailure.retryable('The worker is shutting down; another one goes on.', 'WorkerShutdown');
  if (Context.current().cancellationSignal.aborted) return error;
  if (!(error instanceof Failure)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return told(message, { type: 'Internal', nonRetryable: false });
  }
  return told(error.message, { type: error.kind, nonRetryable: !always && !FAILURES[error.kind].retryable });
}

/**
 * Makes a Temporal activity of a plain function: it shows every 2 s that it lives, with the latest details, hears of
 * cancellation and shutdown through a signal, and fails in Temporal's terms.
 */
export function performed<Args, Result>(
  act: (args: Args, pulse: Pulse) => Promise<Result>,
  performance: Performance = { always: false },
): (args: Args) => Promise<Result> {
  return async (args) => {
    const context = Context.current();
    let latest: unknown;
    const timer = setInterval(() => context.heartbeat(latest), HEARTBEAT_MS);
    try {
      const beat = (details: unknown): void => void (latest = details);
      return await act(args, { beat, signal: context.cancellationSignal });
    } catch (error) {
      throw translated(error, performance);
    } finally {
      clearInterval(timer);
    }
  };
}
