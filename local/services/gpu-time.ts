import type { JournalEvent } from './journal.ts';
import type { SimulatedServiceOptions } from './options.ts';

/** How many GPUs were held, read from a journal in two ways: by the rule for clients, and by the containers that ran. */

/** What the rule needs to know of each service, by name. */
export type GpuFigures = Readonly<
  Record<
    string,
    Pick<
      SimulatedServiceOptions,
      'gpusPerContainer' | 'inputsPerContainer' | 'maxContainers' | 'scaledownSeconds' | 'httpHoldsGpu' | 'httpInputs'
    >
  >
>;

/** GPUs held from `atMs` to the next step. */
export interface GpuStep {
  readonly atMs: number;
  readonly gpus: number;
}

type Change = readonly [atMs: number, gpus: number];

/**
 * What was held by the containers that really ran, from the beginning of their boot to their end. Their idle time begins
 * with the end of their last input, so that they may go up to one job later than the rule says.
 */
export function gpusByContainers(
  events: readonly JournalEvent[],
  figures: Readonly<Record<string, Pick<SimulatedServiceOptions, 'gpusPerContainer'>>>,
): readonly GpuStep[] {
  const changes = events.flatMap((event): readonly Change[] => {
    const gpus = figures[event.service]?.gpusPerContainer ?? 0;
    if (event.event === 'container_started') return [[event.at_ms, gpus]];
    return event.event === 'container_stopped' ? [[event.at_ms, -gpus]] : [];
  });
  return summed(changes.toSorted((a, b) => a[0] - b[0]));
}

/**
 * What the rule says: need = min(maxContainers, ceil(inputs / inputsPerContainer)) of every pool, held for the scaledown
 * window. At the very instant at which a window ends it still counts.
 */
export function gpusByRule(events: readonly JournalEvent[], figures: GpuFigures): readonly GpuStep[] {
  const changes = Object.entries(figures).flatMap(([service, figure]) => {
    const own = events.filter((event) => event.service === service).toSorted((a, b) => a.at_ms - b.at_ms);
    const windowMs = figure.scaledownSeconds * 1_000;
    const pool = (name: JournalEvent['pool'], admits: number): readonly Change[] =>
      heldChanges(
        needs(own, name, (inputs) => Math.min(figure.maxContainers ?? Infinity, Math.ceil(inputs / admits))),
        windowMs,
      );
    const held = [...pool('jobs', figure.inputsPerContainer), ...(figure.httpHoldsGpu ? pool('http', figure.httpInputs) : [])];
    return held.map(([atMs, containers]): Change => [atMs, containers * figure.gpusPerContainer]);
  });
  return summed(changes.toSorted((a, b) => a[0] - b[0] || b[1] - a[1]));
}

/** The most GPUs that were ever held, and when first. */
export function peakGpus(steps: readonly GpuStep[]): GpuStep {
  return steps.reduce((peak, step) => (step.gpus > peak.gpus ? step : peak), { atMs: 0, gpus: 0 });
}

/** @returns seconds of GPU held up to `untilMs`; what is still held then is counted to there. */
export function gpuSecondsHeld(steps: readonly GpuStep[], untilMs: number): number {
  const lengths = steps.map(({ atMs, gpus }, n) => gpus * Math.max(0, Math.min(untilMs, steps[n + 1]?.atMs ?? untilMs) - atMs));
  return lengths.reduce((sum, length) => sum + length, 0) / 1_000;
}

const INPUTS: Readonly<Record<JournalEvent['pool'], Partial<Record<JournalEvent['event'], number>>>> = {
  jobs: { accepted: 1, finished: -1, failed: -1 },
  http: { request_open: 1, request_closed: -1 },
};

interface Need {
  readonly atMs: number;
  readonly containers: number;
}

function needs(events: readonly JournalEvent[], pool: JournalEvent['pool'], needOf: (inputs: number) => number): readonly Need[] {
  let inputs = 0;
  return events.flatMap((event) => {
    const by = event.pool === pool ? (INPUTS[pool][event.event] ?? 0) : 0;
    inputs += by;
    return by === 0 ? [] : [{ atMs: event.at_ms, containers: needOf(inputs) }];
  });
}

/** One container more or less at a time: the nth is held from when n are needed until a window after fewer are, unless needed again before. */
function heldChanges(steps: readonly Need[], windowMs: number): readonly Change[] {
  const changes: Change[] = [];
  const releasedAt: number[] = [];
  let before = 0;
  for (const { atMs, containers } of steps) {
    for (let n = before; n < containers; n += 1) {
      const released = releasedAt[n];
      if (released !== undefined && released < atMs) changes.push([released, -1]);
      if (released === undefined || released < atMs) changes.push([atMs, 1]);
    }
    for (let n = containers; n < before; n += 1) releasedAt[n] = atMs + windowMs;
    before = containers;
  }
  return [...changes, ...releasedAt.slice(before).map((atMs): Change => [atMs, -1])];
}

function summed(changes: readonly Change[]): readonly GpuStep[] {
  let gpus = 0;
  return changes.map(([atMs, by]) => {
    gpus += by;
    return { atMs, gpus };
  });
}
