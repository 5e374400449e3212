import { access, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryLock, withLock } from '../../../local/provision/lock.ts';
import { scratchDirectory } from '../../support/scratch.ts';

async function lockFile(): Promise<string> {
  return join(await scratchDirectory(), 'a.lock');
}

test('a lock is had by one at a time', async () => {
  const path = await lockFile();
  const release = await tryLock(path);
  expect(await tryLock(path)).toBeNull();
  await release?.();
  const again = await tryLock(path);
  expect(again).not.toBeNull();
  await again?.();
  await expect(access(path)).rejects.toThrow('ENOENT');
});

test('whoever waits for a lock is told so once and gets it, even when the work under it failed', async () => {
  const path = await lockFile();
  const order: string[] = [];
  const release = await tryLock(path);
  const waiting = withLock(
    path,
    () => order.push('waits'),
    () => Promise.reject(new Error('no luck')),
  );
  await expect.poll(() => order).toEqual(['waits']);
  await release?.();
  await expect(waiting).rejects.toThrow('no luck');
  expect(await withLock(path, expect.unreachable, () => Promise.resolve('free'))).toBe('free');
});

test('a lock that nobody has touched for long was left by a crash, and is taken over', async () => {
  const path = await lockFile();
  await writeFile(path, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(path, longAgo, longAgo);
  const release = await tryLock(path);
  expect(release).not.toBeNull();
  await release?.();
});
