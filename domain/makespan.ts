import { leastGpus, mostContainers } from './ceiling.ts';
import type { ServiceFigures } from './service.ts';
import { sum } from './units.ts';

/** How long services take for their work under a cap, when nothing else runs. Seconds. */

/** The work of one service. */
export interface ServiceWork {
  readonly figures: ServiceFigures;
  /** That one container takes for it, all its places filled as far as they will be. */
  readonly seconds: number;
  /** That one job takes: nothing ends sooner. */
  readonly jobSeconds: number;
}

/** The budget reckons with a window that is longer by this (docs/gpus.md). */
const WINDOW_MARGIN = 1.1;

const longest = (values: readonly number[]): number => Math.max(0, ...values);

/** @returns containers that a service may have while it is alone, 1 at least. */
export function containersAlone({ figures }: Pick<ServiceWork, 'figures'>, gpus: number): number {
  return Math.max(1, mostContainers(figures, gpus));
}

/** After its last job a container counts for so long. */
export function windowSeconds({ figures }: Pick<ServiceWork, 'figures'>): number {
  return figures.scaledownSeconds * WINDOW_MARGIN;
}

/** @returns whether every service can have one container at the same time. */
export function fitTogether(work: readonly ServiceWork[], gpus: number): boolean {
  return sum(work.map(({ figures }) => leastGpus(figures))) <= gpus;
}

function alone(one: ServiceWork, gpus: number): number {
  return Math.max(one.jobSeconds, one.seconds / containersAlone(one, gpus));
}

/** What passes between turns, and the cold start of each: the container of the last one is gone when its turn comes. */
function switching(work: readonly ServiceWork[]): number {
  const windows = sum(work.map(windowSeconds)) - Math.min(...work.map(windowSeconds));
  return windows + sum(work.map(({ figures }) => figures.coldStartSeconds));
}

function coldStart(work: readonly ServiceWork[]): number {
  return longest(work.map(({ figures }) => figures.coldStartSeconds));
}

/** @returns the bound that nothing beats: every GPU at work until the end, every container warm. */
export function fastest(work: readonly ServiceWork[], gpus: number): number {
  // A service that does not fit within the cap is refused elsewhere.
  const atLeast = longest([gpus, ...work.map(({ figures }) => leastGpus(figures))]);
  const shared = sum(work.map(({ seconds, figures }) => seconds * figures.gpusPerContainer)) / atLeast;
  return Math.max(shared, longest(work.map((one) => alone(one, gpus))));
}

/** One after the other, each on all GPUs that it can use. */
function inTurns(work: readonly ServiceWork[], gpus: number): number {
  return sum(work.map((one) => alone(one, gpus))) + switching(work);
}

/** All at once; a window after the others are done the longest has their GPUs, where a window is less than its rest. */
function together(work: readonly ServiceWork[], gpus: number): number {
  const [last, ...others] = work.toSorted((a, b) => b.seconds - a.seconds);
  if (last === undefined) return 0;
  const until = longest(others.map(({ seconds }) => seconds));
  const window = longest(others.map(windowSeconds));
  const rest = last.seconds - until - window;
  const shared = rest <= 0 ? last.seconds : until + window + rest / containersAlone(last, gpus);
  return Math.max(shared, longest(work.map(({ jobSeconds }) => jobSeconds))) + coldStart(work);
}

/** @returns what the budget's way of sharing comes to. */
export function likeliest(work: readonly ServiceWork[], gpus: number): number {
  if (work.length === 0) return 0;
  const turns = inTurns(work, gpus);
  return fitTogether(work, gpus) ? Math.min(turns, together(work, gpus)) : turns;
}

/** @returns what it comes to where no service ever gets a second container. */
export function slowest(work: readonly ServiceWork[], gpus: number): number {
  if (work.length === 0) return 0;
  if (fitTogether(work, gpus)) return longest(work.map(({ seconds }) => seconds)) + coldStart(work);
  return sum(work.map(({ seconds }) => seconds)) + switching(work);
}
