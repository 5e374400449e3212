import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { Environment } from '../environment.ts';
import { withHeartbeat } from './command.ts';
import { withLock } from './lock.ts';
import { findOnPath, plain, type Program, type Recipe, type Surroundings, type Way } from './program.ts';

/** @returns where programs are kept: `$XDG_CACHE_HOME/tilescribe`, or `~/.cache/tilescribe`. */
export function cacheDirectory(environment: Environment): string {
  return join(environment['XDG_CACHE_HOME'] || join(environment['HOME'] || homedir(), '.cache'), 'tilescribe');
}

/**
 * Finds a program on PATH or in the cache, else installs it into the cache. Two that install at once: the second
 * waits for the first. A directory of the cache is always complete: it is renamed into place.
 * @throws Failure `Unreachable` with why each way failed and what to install by hand.
 */
export async function provision(recipe: Recipe, surroundings: Surroundings): Promise<Program> {
  const { environment, progress } = surroundings;
  const found = (await onPath(recipe, environment)) ?? (await inCache(recipe, environment));
  if (found !== null) return found;
  await mkdir(cacheDirectory(environment), { recursive: true });
  const waiting = (): void => progress(`Waiting: another tilescribe is installing ${label(recipe)}`);
  return withLock(`${placeOf(recipe, environment)}.lock`, waiting, async () => {
    return (await inCache(recipe, environment)) ?? (await install(recipe, surroundings));
  });
}

function label({ name, version }: Recipe): string {
  return `${name} ${version}`;
}

function placeOf({ executable, version }: Recipe, environment: Environment): string {
  return join(cacheDirectory(environment), `${executable}-${version}`);
}

async function onPath({ executable }: Recipe, environment: Environment): Promise<Program | null> {
  const found = await findOnPath(executable, environment);
  return found === null ? null : plain(found);
}

function inCache(recipe: Recipe, environment: Environment): Promise<Program | null> {
  return recipe.locate(placeOf(recipe, environment), environment);
}

async function install(recipe: Recipe, surroundings: Surroundings): Promise<Program> {
  const place = placeOf(recipe, surroundings.environment);
  await clearPartial(place);
  const reasons: string[] = [];
  for (const way of recipe.ways) {
    const reason = await attempt(way, place, surroundings);
    const program = reason === null ? await recipe.locate(place, surroundings.environment) : null;
    if (program !== null) return program;
    reasons.push(`${way.title}: ${reason ?? 'the program is not in what was installed'}.`);
    surroundings.progress(`That did not work. ${reasons.at(-1)}`);
  }
  throw new Failure('Unreachable', [`${label(recipe)} could not be installed.`, ...reasons, recipe.byHand].join(' '));
}

/** @returns null, or why this way did not work. */
async function attempt(way: Way, place: string, surroundings: Surroundings): Promise<string | null> {
  surroundings.progress(way.title);
  const partial = await mkdtemp(`${place}.partial-`);
  try {
    await withHeartbeat(way.title, surroundings, () => way.install(partial, surroundings));
    await rm(place, { recursive: true, force: true });
    await rename(partial, place);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Removes what installations that were killed have left; we hold the lock, so nobody fills them. */
async function clearPartial(place: string): Promise<void> {
  const cache = join(place, '..');
  const left = (await readdir(cache)).map((name) => join(cache, name)).filter((path) => path.startsWith(`${place}.partial-`));
  await Promise.all(left.map((path) => rm(path, { recursive: true, force: true })));
}
