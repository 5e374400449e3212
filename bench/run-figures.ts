import type { JobFigures } from './job-figures.ts';
import { logObjects, type S3Figures } from './s3-figures.ts';
import { allActions, type TemporalFigures } from './temporal-figures.ts';
import type { ProcessFigures } from './worker-figures.ts';

/** Everything that one run of the benchmark found. */
export interface RunFigures {
  readonly tiles: number;
  readonly tasks: number;
  readonly jobs: JobFigures;
  readonly temporal: TemporalFigures;
  /** Null where the system does not tell. */
  readonly worker: ProcessFigures | null;
  /** From the start of the workflow to the first submit, and from the last job's end to the workflow's: seconds. */
  readonly before: number;
  readonly after: number;
  /** What the worker asked of S3. */
  readonly s3: S3Figures;
  /** Of the machine, over a minute: when the run began, and when it had ended. */
  readonly load: readonly [before: number, after: number];
}

/** A figure that has a limit. */
export interface Aim {
  readonly name: string;
  readonly value: number;
  readonly most: number;
  readonly met: boolean;
}

const MEGABYTE = 1_000_000;

/** @returns the figures that have a limit, and whether they keep to it. */
export function aimsOf({ tiles, tasks, jobs, temporal, worker, s3 }: RunFigures): Aim[] {
  const rows: [name: string, value: number, most: number][] = [
    ['makespan over ideal', jobs.overIdeal, 1.1],
    ['polls a job, the worse service', Math.max(...jobs.services.map(({ pollsPerJob }) => pollsPerJob)), 2],
    ['Temporal actions a tile, without heartbeats', allActions(temporal) / tiles, 0.05],
    ['Temporal events a tile', temporal.events / tiles, 0.2],
    ['log objects put into S3 a job', logObjects(s3) / (tiles * tasks), 0.6],
    ...(worker === null
      ? []
      : [['worker memory at its highest, MB', worker.peakRssBytes / MEGABYTE, 600] satisfies [string, number, number]]),
  ];
  return rows.map(([name, value, most]) => ({ name, value, most, met: value <= most }));
}
