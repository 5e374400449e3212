import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** @returns a directory of the current test's own, which is removed when the test has finished. */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tilescribe-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
