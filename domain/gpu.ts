import type { ServiceFigures } from './service.ts';

/**
 * The GPU arithmetic (services.md section 2): from what was submitted to the GPUs that the platform holds for it.
 * What counts is what was submitted and has not finished, seen running or not.
 */

/** Containers of one kind that the platform starts and stops together: a service's jobs, or its HTTP front end. */
export interface Pool {
  readonly gpusPerContainer: number;
  readonly inputsPerContainer: number;
  /** Null where there is no limit. */
  readonly maxContainers: number | null;
  readonly scaledownSeconds: number;
}

/** How many inputs a pool has from a moment on, until the next sample; samples are in order of time. */
export interface Sample {
  readonly atSeconds: number;
  readonly inputs: number;
}

/** What was submitted to a pool over time. Before the first sample it was nothing. */
export interface Traffic {
  readonly pool: Pool;
  readonly samples: readonly Sample[];
}

/** @returns the pool of a service's jobs. */
export function jobPool(figures: ServiceFigures): Pool {
  const { gpusPerContainer, inputsPerContainer, maxContainers, scaledownSeconds } = figures;
  return { gpusPerContainer, inputsPerContainer, maxContainers, scaledownSeconds };
}

/**
 * @returns the pool of a service's HTTP front end, or null where that holds no GPU. `maxContainers` limits the jobs
 * only: at the platform it is a limit per function.
 */
export function httpPool(figures: ServiceFigures): Pool | null {
  const { gpusPerContainer, httpInputs, httpHoldsGpu, scaledownSeconds } = figures;
  return httpHoldsGpu ? { gpusPerContainer, inputsPerContainer: httpInputs, maxContainers: null, scaledownSeconds } : null;
}

/** @returns the containers that the platform wants for so many inputs. */
export function need(inputs: number, pool: Pick<Pool, 'inputsPerContainer' | 'maxContainers'>): number {
  return Math.min(pool.maxContainers ?? Infinity, Math.ceil(inputs / pool.inputsPerContainer));
}

/** @returns containers held at a moment: the most that were needed in the scaledown window which ends there. */
export function held({ pool, samples }: Traffic, atSeconds: number): number {
  const from = atSeconds - pool.scaledownSeconds;
  const untilOf = (n: number): number => samples[n + 1]?.atSeconds ?? Infinity;
  const seen = samples.filter((sample, n) => sample.atSeconds <= atSeconds && untilOf(n) >= from);
  return Math.max(0, ...seen.map(({ inputs }) => need(inputs, pool)));
}

/** @returns GPUs held at a moment by all pools together. */
export function gpusHeld(traffic: readonly Traffic[], atSeconds: number): number {
  return traffic.reduce((sum, one) => sum + one.pool.gpusPerContainer * held(one, atSeconds), 0);
}

/** The same as {@link held}, to be asked at moments that never go back; the whole of a journal costs one pass. */
function heldAlong({ pool, samples }: Traffic): (atSeconds: number) => number {
  const window: { readonly containers: number; readonly untilSeconds: number }[] = [];
  let next = 0;
  return (atSeconds) => {
    for (let sample = samples[next]; sample !== undefined && sample.atSeconds <= atSeconds; sample = samples[next]) {
      const containers = need(sample.inputs, pool);
      while ((window.at(-1)?.containers ?? Infinity) <= containers) window.pop();
      next += 1;
      window.push({ containers, untilSeconds: samples[next]?.atSeconds ?? Infinity });
    }
    while ((window[0]?.untilSeconds ?? Infinity) < atSeconds - pool.scaledownSeconds) window.shift();
    return window[0]?.containers ?? 0;
  };
}

/** @returns the most GPUs ever held at once; the number only grows at a sample. */
export function peakGpus(traffic: readonly Traffic[]): number {
  const moments = traffic.flatMap(({ samples }) => samples.map(({ atSeconds }) => atSeconds)).toSorted((a, b) => a - b);
  const along = traffic.map((one) => ({ gpus: one.pool.gpusPerContainer, heldAt: heldAlong(one) }));
  return moments.reduce(
    (peak, at) =>
      Math.max(
        peak,
        along.reduce((sum, { gpus, heldAt }) => sum + gpus * heldAt(at), 0),
      ),
    0,
  );
}

/** From the first try to write an intent to the moment its submit leaves; a later one needs a new intent. */
const SUBMIT_WITHIN_SECONDS = 5;
const CLOCKS_AND_TRANSIT_SECONDS = 30;
/** One preemption restarts a job. */
const RUNS = 2;

/**
 * How long after its intent was written a job may still hold a GPU, whatever became of it: its deadline, and that of
 * an orphan (services.md section 1).
 * @param ceilingJobs jobs that may be in flight at the service at the moment of the submit.
 * @param containers that the ceiling allows for.
 */
export function orphanSeconds(figures: ServiceFigures, ceilingJobs: number, containers: number): number {
  const rounds = Math.ceil(ceilingJobs / (figures.inputsPerContainer * containers));
  const waiting = SUBMIT_WITHIN_SECONDS + figures.requestSeconds + rounds * figures.timeoutSeconds + figures.coldStartSeconds;
  return waiting + figures.timeoutSeconds * RUNS + CLOCKS_AND_TRANSIT_SECONDS;
}
