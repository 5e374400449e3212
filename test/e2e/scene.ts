import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../local/environment.ts';
import { completeOptions, type SimulatedServiceOptions } from '../../local/services/options.ts';
import { startSimulatedServices, type SimulatedServices } from '../../local/services/server.ts';
import { startWorker, type WorkerChild } from '../../local/workers.ts';
import { sharedServers } from '../support/servers.ts';
import { openNamespace, type OwnNamespace } from '../support/temporal-namespace.ts';
import { openBucket, type Bucket } from './bucket.ts';
import { startTilescribe, type Ended, type Invocation } from './command.ts';
import { SECRET_HEADER, SECRET_VALUE, type Told } from './secrecy.ts';

type Variables = Readonly<Record<string, string>>;

/** What one container of a simulated service admits, and what the services file says of it. */
export const ADMITTED = 8;
const SCALEDOWN_SECONDS = 2;
const SIMULATED = {
  inputsPerContainer: ADMITTED,
  slots: ADMITTED,
  coldStartSeconds: 0.2,
  scaledownSeconds: SCALEDOWN_SECONDS,
  latency: { meanSeconds: 0.25, sdSeconds: 0.08 },
  requiredHeaders: { [SECRET_HEADER]: SECRET_VALUE },
} as const satisfies Partial<SimulatedServiceOptions>;

/** However slow the machine is: no submit is in doubt, and no job is late. */
const CONFIGURED = {
  inputsPerContainer: ADMITTED,
  scaledownSeconds: SCALEDOWN_SECONDS,
  timeoutSeconds: 30,
  coldStartSeconds: 2,
  requestSeconds: 20,
  headers: { [SECRET_HEADER]: 'env:SCENE_KEY' },
} as const;

/** Of a service file: deadlines of seconds, so that what a killed worker leaves behind is over within a test. */
export const HASTY = { timeoutSeconds: 5, requestSeconds: 3 } as const;

export interface SceneOptions {
  /** Over what simulated services are made of, by name; there are always `caption` and `vqa`. */
  readonly simulated?: Readonly<Record<string, Partial<SimulatedServiceOptions>>>;
  /** Over what the services file says, by service. */
  readonly configured?: Readonly<Record<string, object>>;
  /** The cap; one GPU for each service unless told. */
  readonly gpus?: number;
  /** Keyword search attributes that the namespace knows. */
  readonly searchAttributes?: readonly string[];
  /** Over the environment of every program. */
  readonly variables?: Variables;
}

/** The whole system for one test: a namespace, a bucket and services of its own, and the programs that users run. */
export interface Scene {
  readonly bucket: Bucket;
  readonly simulation: SimulatedServices;
  readonly temporal: OwnNamespace;
  readonly directory: string;
  readonly environment: Variables;
  readonly gpus: number;
  /** What the simulated services are made of, by name. */
  readonly figures: Readonly<Record<string, SimulatedServiceOptions>>;
  /** A worker as a process of its own; it is gone when the test has finished. */
  worker(more?: Variables): Promise<WorkerChild>;
  start(args: readonly string[], more?: Variables): Promise<Invocation>;
  tilescribe(args: readonly string[], more?: Variables): Promise<Ended>;
  /** @returns the path of a file with that document. */
  file(name: string, document: object): Promise<string>;
  /** Everything that its workers and commands have printed so far. */
  printed(): Promise<Told[]>;
}

type Closers = (() => unknown)[];
const WORKER_LOG = 'worker.log';

function figuresOf({ simulated = {} }: SceneOptions): Scene['figures'] {
  const names = new Set(['caption', 'vqa', ...Object.keys(simulated)]);
  return Object.fromEntries([...names].map((name) => [name, completeOptions(name, { ...SIMULATED, ...simulated[name] })]));
}

function namesOf({ simulated = {}, configured = {} }: SceneOptions): string[] {
  return [...new Set(['caption', 'vqa', ...Object.keys(simulated), ...Object.keys(configured)])];
}

/** A services file, as a user would write it. */
function servicesFile({ services }: SimulatedServices, { configured = {}, ...options }: SceneOptions): object {
  const names = namesOf({ ...options, configured });
  const known = { api: 'qwen-vl', model: 'qwen-special' };
  const entries = names.map((name) => {
    const base = name === 'caption' || name === 'vqa' ? {} : known;
    return [name, { ...base, ...CONFIGURED, baseUrl: services[name]?.baseUrl, ...configured[name] }];
  });
  return { gpus: options.gpus ?? names.length, services: Object.fromEntries(entries) };
}

async function parts(options: SceneOptions, closers: Closers) {
  const directory = await mkdtemp(join(tmpdir(), 'tilescribe-e2e-'));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  const figures = figuresOf(options);
  const simulation = await startSimulatedServices({ services: figures });
  closers.push(() => simulation.close());
  const bucket = await openBucket(sharedServers().s3);
  closers.push(() => bucket.close());
  const temporal = await openNamespace({ searchAttributes: options.searchAttributes ?? [] });
  closers.push(() => temporal.close());
  return { directory, figures, simulation, bucket, temporal };
}

/** What programs have printed: workers into one file, commands each to its caller. */
async function printedBy(directory: string, invocations: readonly (readonly [string, Invocation])[]): Promise<Told[]> {
  const log = await readFile(join(directory, WORKER_LOG), 'utf8').catch(() => '');
  const commands = invocations.map(([args, one]) => ({ where: `tilescribe ${args}`, text: one.stdout() + one.stderr() }));
  return [{ where: 'the log of the workers', text: log }, ...commands];
}

/** Opens a scene. @param end takes what ends everything in it. */
export async function openScene(end: (close: () => Promise<void>) => void, options: SceneOptions = {}): Promise<Scene> {
  const closers: Closers = [];
  end(async () => {
    for (const close of closers.toReversed()) await close();
  });
  const made = await parts(options, closers);
  const { directory, simulation, temporal } = made;
  const file = async (name: string, document: object): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, JSON.stringify(document));
    return path;
  };
  const environment = childEnvironment(process.env, {
    ...sharedServers().environment,
    SCENE_KEY: SECRET_VALUE,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TILESCRIBE_SERVICES: await file('services.json', servicesFile(simulation, options)),
    ...options.variables,
  });
  const invocations: (readonly [string, Invocation])[] = [];
  const start = async (args: readonly string[], more: Variables = {}): Promise<Invocation> => {
    const invocation = await startTilescribe(args, { ...environment, ...more });
    invocations.push([args.join(' '), invocation]);
    closers.push(() => invocation.kill());
    return invocation;
  };
  const worker = async (more: Variables = {}): Promise<WorkerChild> => {
    const log = { file: join(directory, WORKER_LOG) };
    const started = await startWorker({ environment: { ...environment, ...more }, stderr: log });
    closers.push(() => started.kill());
    return started;
  };
  return {
    ...made,
    gpus: options.gpus ?? namesOf(options).length,
    environment,
    file,
    start,
    worker,
    tilescribe: async (args, more) => (await start(args, more)).ended,
    printed: () => printedBy(directory, invocations),
  };
}

/** @returns a run spec over `tiles/` of the scene's bucket, with a caption and a question unless told. */
export function specOf({ bucket }: Scene, more: object = {}): object {
  return {
    dataset: 'harbours',
    input: { uri: `s3://${bucket.name}/tiles/` },
    output: { uri: `s3://${bucket.name}/out/` },
    tasks: [
      { id: 'caption', kind: 'caption' },
      { id: 'ships', kind: 'vqa', question: 'How many ships are visible?', answer: { type: 'integer' } },
    ],
    ...more,
  };
}
