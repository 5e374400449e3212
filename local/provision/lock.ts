import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../domain/units.ts';

/** A living holder touches its lock every 2 s; one that has not been touched for 10 s was left by a crash. */
const TOUCH_EVERY_MS = 2 * SECOND_MS;
const STALE_AFTER_MS = 10 * SECOND_MS;
const LOOK_EVERY_MS = 200;

/** Gives a lock back. */
export type Release = () => Promise<void>;

/**
 * Takes a lock that is a file, if nobody holds it. Two that find the same stale lock at the same moment may both get
 * it: what is done under a lock must be harmless when done twice.
 * @returns how to give it back, or null where somebody holds it.
 */
export async function tryLock(path: string): Promise<Release | null> {
  if (await isStale(path)) await rm(path, { force: true });
  if (!(await create(path))) return null;
  const touching = setInterval(() => void touch(path), TOUCH_EVERY_MS).unref();
  return async () => {
    clearInterval(touching);
    await rm(path, { force: true });
  };
}

/** Does `work` under the lock at `path`; `onWait` is called once where somebody else holds it. */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let release = await tryLock(path);
  if (release === null) onWait();
  while (release === null) {
    await sleep(LOOK_EVERY_MS);
    release = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > STALE_AFTER_MS;
  } catch {
    return false;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}
