import { Failure, FAILURES, type FailureKind } from '../domain/failure.ts';
import { withPlainAddresses } from '../domain/shown-address.ts';
import { forTerminal } from '../domain/terminal.ts';

/** What a command says when it cannot go on, and its exit code. */
export interface Problem {
  readonly sentence: string;
  readonly exitCode: number;
}

/** By what an object store or a queue says is wrong; their sentences are complete. */
const STORE_PROBLEMS: Readonly<Record<string, FailureKind>> = {
  missing: 'NotFound',
  no_bucket: 'NotFound',
  denied: 'Denied',
  refused: 'Denied',
  credentials: 'Denied',
  wrong_region: 'InvalidConfiguration',
  wrong_kind: 'InvalidConfiguration',
  too_long: 'InvalidConfiguration',
  full: 'Unreachable',
  unreachable: 'Unreachable',
};
const WITH_PROBLEMS = ['ObjectStoreError', 'EventQueueError'];

const UNEXPECTED = 'This is a mistake in tilescribe: please report it, with the command and this line.';

function kindOf(error: Error): FailureKind | null {
  if (error instanceof Failure) return error.kind;
  if (!WITH_PROBLEMS.includes(error.name)) return null;
  return STORE_PROBLEMS[(error as Error & { problem?: string }).problem ?? ''] ?? 'Internal';
}

/** @returns an error that says first what it is about, such as an option; a mistake in tilescribe stays as it is. */
export function about(subject: string, error: unknown): unknown {
  const kind = error instanceof Error ? kindOf(error) : null;
  if (!(error instanceof Error) || kind === null || kind === 'Internal') return error;
  return new Failure(kind, `${subject}: ${error.message}`, { cause: error });
}

/** @returns the sentence for people, without a stack and what lets others in, and the exit code of the contract. */
export function problemOf(error: unknown): Problem {
  const kind = error instanceof Error ? kindOf(error) : null;
  const message = withPlainAddresses(forTerminal(error instanceof Error ? error.message : String(error))).trim();
  if (kind !== null) return { sentence: message, exitCode: FAILURES[kind].exitCode };
  const [first = ''] = message.split('\n');
  return { sentence: `${first.replace(/\.?$/u, '.')} ${UNEXPECTED}`, exitCode: 1 };
}
