import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { tryLock } from './provision/lock.ts';

/** The directories of one stack; absolute paths. */
export interface Places {
  /** What outlives the stack; null where everything is in memory. */
  readonly kept: string | null;
  readonly logs: string;
  /** Gone when the places are closed. */
  readonly temporary: string;
  close(): Promise<void>;
}

/**
 * Makes the directories of a stack. Two stacks must not share one: Temporal's database takes one server only.
 * @throws Failure `InvalidConfiguration` where another stack uses the directory.
 */
export async function openPlaces(directory: string | undefined): Promise<Places> {
  if (directory === undefined) {
    const temporary = await mkdtemp(join(tmpdir(), 'tilescribe-stack-'));
    return { kept: null, logs: temporary, temporary, close: () => rm(temporary, { recursive: true, force: true }) };
  }
  const kept = resolve(directory);
  await mkdir(kept, { recursive: true });
  const release = await tryLock(join(kept, 'stack.lock'));
  if (release === null) {
    throw new Failure(
      'InvalidConfiguration',
      `${kept} is in use by another local stack: stop that one (after a crash, wait 10 s), or name another directory.`,
    );
  }
  const temporary = await mkdtemp(join(tmpdir(), 'tilescribe-stack-'));
  const close = async (): Promise<void> => {
    await rm(temporary, { recursive: true, force: true });
    await release();
  };
  return { kept, logs: join(kept, 'log'), temporary, close };
}
