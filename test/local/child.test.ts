import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isAlive } from '../support/alive.ts';
import { scratchDirectory } from '../support/scratch.ts';

/** Node cannot run the source, so the one module that the parents below need is compiled for them. */
async function writeParent(): Promise<string> {
  const directory = await scratchDirectory();
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const flags = '--ignoreConfig --module nodenext --target es2023 --types node --skipLibCheck --outDir'.split(' ');
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', 'local/child.ts', ...flags, directory]);
  const parent = join(directory, 'parent.js');
  await writeFile(
    parent,
    `import { startChild } from './child.js';
     const { pid } = await startChild({ command: 'sleep', args: ['60'], environment: { PATH: process.env.PATH }, stdio: 'ignore' });
     console.log(pid); setInterval(() => {}, 1000);`,
  );
  return parent;
}

/** @returns the id of the child that a parent had, once a signal has ended that parent. */
async function orphan(parentFile: string, signal: NodeJS.Signals): Promise<number> {
  const parent = spawn(process.execPath, [parentFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill(signal);
  await once(parent, 'exit');
  return pid;
}

test('a child ends when its parent is ended by SIGINT, SIGTERM or SIGKILL', async () => {
  const parent = await writeParent();
  const orphans = await Promise.all((['SIGINT', 'SIGTERM', 'SIGKILL'] as const).map((signal) => orphan(parent, signal)));
  await vi.waitFor(() => expect(orphans.filter(isAlive)).toEqual([]), { timeout: 60_000 });
});
