import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { differences } from '../../domain/difference.ts';
import { Failure } from '../../domain/failure.ts';
import { oneLine } from '../../domain/terminal.ts';
import type { Desk } from './desk.ts';
import { firstInput, wasOpened } from './history.ts';

const LONGEST = 300;

/** Whose id a run asks for, and what it asks. */
export interface SpecOfId {
  readonly runId: string;
  /** The workflow's argument: the spec, as JSON. */
  readonly spec: object;
  /** What makes two specs the same; a hash. */
  readonly identity: string;
  /** The same of a spec that somebody else has given. @throws where it is none. */
  readonly identityOf: (document: unknown) => string;
}

/** Of the memo of a run that the command started. */
export interface IdentityMemo {
  readonly spec_identity: string;
}

/** @returns null where nobody can say what the run asks. */
async function identityThere(desk: Desk, { runId, identityOf }: SpecOfId, memo: Partial<IdentityMemo>): Promise<string | null> {
  if (memo.spec_identity !== undefined) return memo.spec_identity;
  const input = await firstInput(desk, runId);
  try {
    return input === null ? null : identityOf(input);
  } catch {
    return null;
  }
}

async function latest({ client }: Desk, runId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** @throws Failure `InvalidSpec` where the run that is open under the id asks something else. */
export async function requireSameAsOpen(desk: Desk, spec: SpecOfId, memo: Partial<IdentityMemo> = {}): Promise<void> {
  if ((await identityThere(desk, spec, memo)) === spec.identity) return;
  throw new Failure(
    'InvalidSpec',
    `Run ${spec.runId} is open with another spec. Give this one another --run-id, or start it with the same spec to join it.`,
  );
}

/** Of a spec, without what is of one start alone. */
function asked(document: object): object {
  const { priority: _priority, window: _window, ...rest } = document as Readonly<Record<string, unknown>>;
  return rest;
}

/** @returns where a closed run asked something else, such as `; they differ in image.maxSide`. */
async function differing(desk: Desk, { runId, spec }: SpecOfId): Promise<string> {
  const there = await firstInput(desk, runId);
  if (there === null || typeof there !== 'object') return '';
  const fields = differences(asked(there), asked(spec)).join(', ');
  return fields === '' ? '' : `; they differ in ${oneLine(fields, LONGEST)}`;
}

/**
 * Where a closed run wrote is known to its spec alone, so that another spec would not find its run.json. One that could
 * not begin has none: its id is free for a spec that was put right.
 *
 * @throws Failure `InvalidSpec` where Temporal knows a closed run of the id that was opened and asked something else.
 */
export async function requireSameAsClosed(desk: Desk, spec: SpecOfId): Promise<void> {
  const before = await latest(desk, spec.runId);
  if (before === null || before.status.name === 'RUNNING') return;
  const there = await identityThere(desk, spec, before.memo ?? {});
  if (there === null || there === spec.identity || !(await wasOpened(desk, spec.runId))) return;
  throw new Failure(
    'InvalidSpec',
    `Run ${spec.runId} has ended with another spec${await differing(desk, spec)}. Give this one another --run-id, or start it with the same spec to go on with that run.`,
  );
}
