import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { scratchDirectory } from '../../support/scratch.ts';

/** Each test of a file sorts in a folder of its own, at one time, and leaves nothing there. @param now ISO 8601 */
export function sortsInAFolderOfItsOwn(now = '2026-11-20T02:00:00.000Z'): void {
  let folder = '';
  beforeEach(async () => {
    folder = await scratchDirectory();
    vi.stubEnv('TMPDIR', folder);
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    expect(await readdir(folder)).toEqual([]);
  });
}
