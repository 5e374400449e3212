import { randomUUID } from 'node:crypto';
import { link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { Failure, type FailureKind } from '../domain/failure.ts';
import { forTerminal } from '../domain/terminal.ts';
import type { Target } from './export-target.ts';

/** A file that is there whole, or not at all. */

const TAKEN = 'EEXIST';
/** What a file system says, for people. */
const REFUSALS: Readonly<Record<string, readonly [kind: FailureKind, sentence: string]>> = {
  ENOENT: ['NotFound', 'its folder is not there. Make the folder, or name another.'],
  ENOTDIR: ['NotFound', 'its folder is a file. Name another.'],
  EACCES: ['Denied', 'its folder may not be written to. Name another, or change its permissions.'],
  EPERM: ['Denied', 'its folder may not be written to. Name another, or change its permissions.'],
  EROFS: ['Denied', 'its file system is read-only. Name another.'],
  ENOSPC: ['Internal', 'the disk is full. Free some space, or name another disk; nothing was left behind.'],
  EDQUOT: ['Internal', 'the disk quota is used up. Free some space, or name another disk; nothing was left behind.'],
  ENAMETOOLONG: ['InvalidSpec', 'its name is too long. Name another.'],
};

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).syscall === undefined ? '' : ((error as NodeJS.ErrnoException).code ?? '');
}

/** A file that is to be written, and how it is called: the option that named it and its path. */
interface Place {
  readonly path: string;
  readonly shown: string;
}

function refused({ shown }: Place, error: unknown): unknown {
  const [kind, sentence] = REFUSALS[codeOf(error)] ?? [];
  if (kind === undefined) return error;
  return new Failure(kind, `${shown} cannot be written: ${sentence}`, { cause: error });
}

function taken({ shown }: Place): Failure {
  const sentence = 'is there already, and nothing was replaced. Name another file, or add --force.';
  return new Failure('InvalidSpec', `${shown} ${sentence}`);
}

async function checkFree(place: Place, force: boolean): Promise<void> {
  const there = await stat(place.path).catch(() => null);
  if (there === null) return;
  if (!there.isFile()) throw new Failure('InvalidSpec', `${place.shown} is there and is no file. Name a file.`);
  if (!force) throw taken(place);
}

/** Gives a file its name, and takes the name from nobody. */
async function named(temporary: string, place: Place): Promise<void> {
  try {
    await link(temporary, place.path);
    await rm(temporary);
  } catch (error) {
    if (codeOf(error) === TAKEN) throw taken(place);
    // Some file systems have no links; there a look has to do.
    await checkFree(place, false);
    await rename(temporary, place.path);
  }
}

async function write(temporary: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(temporary, 'wx');
  try {
    for await (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @param force whether a file of that name is replaced. @param option that named it. @throws Failure where there is one, before anything is written */
export async function fileTarget(path: string, force: boolean, option = '--out'): Promise<Target> {
  const place = { path, shown: `${option} ${forTerminal(path)}` };
  await checkFree(place, force);
  return {
    name: path,
    take: async (chunks) => {
      const real = force ? await realpath(path).catch(() => path) : path;
      const temporary = `${real}.${randomUUID().slice(0, 8)}.part`;
      try {
        await write(temporary, chunks);
        await (force ? rename(temporary, real) : named(temporary, place));
      } catch (error) {
        await rm(temporary, { force: true });
        throw refused(place, error);
      }
    },
  };
}
