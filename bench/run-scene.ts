import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuckets } from '../local/buckets.ts';
import { childEnvironment } from '../local/environment.ts';
import { completeOptions, type SimulatedServiceOptions } from '../local/services/options.ts';
import { startSimulatedServices, type SimulatedServices } from '../local/services/server.ts';
import { startStack, type Stack } from '../local/stack.ts';
import { startWorker, type WorkerChild } from '../local/workers.ts';
import type { SceneOptions } from './run-options.ts';
import { startS3Relay, type S3Relay } from './s3-relay.ts';

export const SERVICES = ['caption', 'vqa'] as const;
export const BUCKET = 'bench';

/** Everything a run needs, on this machine and for this run alone. */
export interface Scene {
  readonly stack: Stack;
  readonly simulation: SimulatedServices;
  /** The worker's way to S3. */
  readonly relay: S3Relay;
  readonly worker: WorkerChild;
  /** For files of this run; gone at its end. */
  readonly directory: string;
}

/** A third of the mean, as measured at vision models. */
const SPREAD = 1 / 3;

/** What one container admits and how long it stays: the same at the services and in the file that tells of them. */
function containerOf({ admitted, scaledown }: SceneOptions): object {
  return { inputsPerContainer: admitted, ...(scaledown === undefined ? {} : { scaledownSeconds: scaledown }) };
}

/** @returns what the simulated services are, by name. */
export function simulatedServices(options: SceneOptions): Readonly<Record<string, SimulatedServiceOptions>> {
  const { mean, slots } = options;
  const latency = { meanSeconds: mean, sdSeconds: mean * SPREAD };
  const service = { slots, coldStartSeconds: 0, latency, ...containerOf(options) };
  return Object.fromEntries(SERVICES.map((name) => [name, completeOptions(name, service)]));
}

function simulate(options: SceneOptions): Promise<SimulatedServices> {
  const { journal } = options;
  const services = simulatedServices(options);
  return startSimulatedServices({ services, ...(journal === undefined ? {} : { journalFile: journal }) });
}

/** A services file, as a user would write it. */
function servicesFile({ services }: SimulatedServices, options: SceneOptions): string {
  const entries = SERVICES.map((name) => [name, { baseUrl: services[name]?.baseUrl, ...containerOf(options) }]);
  return JSON.stringify({ gpus: SERVICES.length, services: Object.fromEntries(entries) });
}

async function interrupted(signal: AbortSignal): Promise<never> {
  await once(process, 'SIGINT', { signal });
  throw new Error('Interrupted; everything that was started is ended.');
}

/** Starts servers in memory, services and a worker; calls `work`; ends all of it, whatever came. */
export async function inScene<T>(options: SceneOptions, work: (scene: Scene) => Promise<T>): Promise<T> {
  const closers: (() => Promise<unknown>)[] = [];
  const over = new AbortController();
  try {
    const directory = await mkdtemp(join(tmpdir(), 'tilescribe-bench-'));
    closers.push(() => rm(directory, { recursive: true }));
    const progress = (line: string): void => void process.stderr.write(`${line}\n`);
    const stack = await startStack({ environment: childEnvironment(process.env, {}), progress });
    closers.push(() => stack.close());
    const simulation = await simulate(options);
    closers.push(() => simulation.close());
    await createBuckets(stack.s3, [BUCKET]);
    const relay = await startS3Relay(stack.s3.endpoint, options.s3Latency);
    closers.push(() => relay.close());
    const file = join(directory, 'services.json');
    await writeFile(file, servicesFile(simulation, options));
    const environment = { ...stack.environment, AWS_ENDPOINT_URL: relay.endpoint, TILESCRIBE_SERVICES: file };
    const worker = await startWorker({ environment, stderr: { file: join(directory, 'worker.log') } });
    closers.push(() => worker.stop());
    return await Promise.race([work({ stack, simulation, relay, worker, directory }), interrupted(over.signal)]);
  } finally {
    over.abort();
    for (const close of closers.toReversed()) await close();
  }
}
