import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { MadeInput } from './made-tiles.ts';
import type { Taken } from './memory-peak.ts';

/** Work that is measured in a process of its own. `output` is `s3://bucket/prefix/`. */
export type Job =
  | { readonly kind: 'plan'; readonly output: string; readonly input: MadeInput; readonly latencyMs: number }
  | { readonly kind: 'update'; readonly output: string; readonly runId: string }
  | { readonly kind: 'rebuild'; readonly output: string };

/** What came of it. */
export interface Measured {
  readonly taken: Taken;
  /** Pages of a listing that was made up; no request. */
  readonly pages: number;
  /** Counts that say whether it did what it was meant to. */
  readonly saw: Readonly<Record<string, number>>;
}

export interface MeasureOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder for a CPU profile of it. */
  readonly profile?: string;
}

const PROGRAM = fileURLToPath(new URL('./measured.js', import.meta.url));

/** @throws Error where it failed; what it said of it went to standard error. */
export async function measure(job: Job, { environment, profile }: MeasureOptions): Promise<Measured> {
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const child = spawn(process.execPath, ['--expose-gc', ...profiling, PROGRAM, JSON.stringify(job)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`Measuring a ${job.kind} failed.`);
  return JSON.parse(said) as Measured;
}
