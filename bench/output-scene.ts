import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObjectStores } from '../adapters/s3/store.ts';
import { createBuckets } from '../local/buckets.ts';
import { childEnvironment } from '../local/environment.ts';
import { s3Environment } from '../local/part.ts';
import { provision } from '../local/provision/provision.ts';
import { versitygwRecipe } from '../local/provision/versitygw.ts';
import { startVersitygw } from '../local/s3-server.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { MadeRun } from './made-run.ts';
import { writeMadeRun } from './made-run.ts';
import { measure, type Job, type Measured } from './measure.ts';
import { passedBetween, type Passed } from './output-figures.ts';
import { startS3Relay, type S3Relay } from './s3-relay.ts';

/** What `bench plan` and `bench current` may be asked. */
export interface OutputOptions {
  /** Of the runs that are made, one measurement each. */
  readonly records: readonly number[];
  /** Added to every S3 request, ms. */
  readonly s3Latency: number;
  /** A folder for CPU profiles. */
  readonly profile?: string;
}

/** An S3 server with outputs of made-up runs. */
export interface OutputScene {
  readonly latencyMs: number;
  write(output: string, run: MadeRun): Promise<void>;
  measure(job: Job): Promise<Measured & { readonly passed: Passed }>;
  /** Removes all that was written. */
  clear(): Promise<void>;
}

const BUCKET = 'bench';

/** @returns the address of an output of the scene. */
export function outputUri(name: string): string {
  return `s3://${BUCKET}/${name}/`;
}

interface Server {
  readonly store: ObjectStore;
  readonly relay: S3Relay;
  readonly environment: Readonly<Record<string, string>>;
  readonly buckets: string;
}

function sceneOn({ store, relay, environment, buckets }: Server, options: OutputOptions): OutputScene {
  const { profile, s3Latency: latencyMs } = options;
  const seen = (): Parameters<typeof passedBetween>[0] => ({ ...relay.figures(), ...relay.moved() });
  return {
    latencyMs,
    write: (output, run) => writeMadeRun(store, output, run),
    measure: async (job) => {
      const before = seen();
      const measured = await measure(job, { environment, ...(profile === undefined ? {} : { profile }) });
      return { ...measured, passed: passedBetween(before, seen()) };
    },
    clear: async () => {
      await rm(join(buckets, BUCKET), { recursive: true });
      await mkdir(join(buckets, BUCKET));
    },
  };
}

/** Starts an S3 server on the local disk and a relay before it; calls `work`; ends and removes all of it, whatever came. */
export async function inOutputScene(options: OutputOptions, work: (scene: OutputScene) => Promise<void>): Promise<void> {
  const closers: (() => unknown)[] = [];
  try {
    const directory = await mkdtemp(join(tmpdir(), 'tilescribe-bench-'));
    closers.push(() => rm(directory, { recursive: true }));
    const buckets = join(directory, 'buckets');
    await mkdir(buckets);
    const progress = (line: string): void => void process.stderr.write(`${line}\n`);
    const program = await provision(versitygwRecipe(), { environment: childEnvironment(process.env, {}), progress });
    const { s3, close } = await startVersitygw(program, { directory: buckets, logFile: join(directory, 'versitygw.log') });
    closers.push(close);
    await createBuckets(s3, [BUCKET]);
    const relay = await startS3Relay(s3.endpoint, options.s3Latency);
    closers.push(() => relay.close());
    const stores = createObjectStores(childEnvironment(process.env, s3Environment(s3)));
    closers.push(() => stores.close());
    const environment = childEnvironment(process.env, s3Environment({ ...s3, endpoint: relay.endpoint }));
    await work(sceneOn({ store: stores.output({}), relay, environment, buckets }, options));
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}
