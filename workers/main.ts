import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createInferenceActivities, createIoActivities, type ActivityPorts } from '../activities/index.ts';
import { createLogger } from '../adapters/log.ts';
import { connectTemporal, temporalAddress } from '../adapters/temporal/connection.ts';
import { Failure } from '../domain/failure.ts';
import { TASK_QUEUES, type Role } from '../domain/temporal-names.ts';
import { runtimeLogger } from './runtime-logger.ts';
import { unfitServices } from './fit.ts';
import { serveHealth } from './health.ts';
import { workerEnvironment } from './environment.ts';
import { createWorkerPorts } from './ports.ts';
import { WORKFLOW_BUNDLE } from './workflow-bundle.ts';

/** Slices at once: each is one strand, which holds many jobs. */
const SLICES_AT_ONCE = 16;
const IO_AT_ONCE = 4;
const CACHED_WORKFLOWS = 200;
/** What a slice has in flight may take a request's deadline to come back. */
const DRAIN_MS = 200_000;

const SOURCE = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  return existsSync(WORKFLOW_BUNDLE) ? { workflowBundle: { codePath: WORKFLOW_BUNDLE } } : { workflowsPath: SOURCE };
}

function optionsFor(role: Role, ports: ActivityPorts): Pick<WorkerOptions, 'taskQueue'> & Partial<WorkerOptions> {
  const taskQueue = TASK_QUEUES[role];
  if (role === 'workflows') return { taskQueue, ...workflowCode(), maxCachedWorkflows: CACHED_WORKFLOWS };
  if (role === 'io') return { taskQueue, activities: createIoActivities(ports), maxConcurrentActivityTaskExecutions: IO_AT_ONCE };
  return { taskQueue, activities: createInferenceActivities(ports), maxConcurrentActivityTaskExecutions: SLICES_AT_ONCE };
}

/** Workers of one process; they run until they are told to drain. */
export interface RunningWorkers {
  /** Resolves once everything under way has been handed over. */
  readonly ended: Promise<void>;
  /** Starts nothing more, and ends what runs at its next moment. */
  drain(): void;
}

async function connectNatively(): Promise<NativeConnection> {
  const { nativeOptions, address } = temporalAddress();
  try {
    return await NativeConnection.connect(nativeOptions);
  } catch (error) {
    throw new Failure(
      'Unreachable',
      `No Temporal server answers at ${address}. Start one with \`tilescribe local up\`, or set TEMPORAL_ADDRESS.`,
      { cause: error },
    );
  }
}

/**
 * Starts the workers of some roles in this process.
 * @throws Failure where the configuration is wrong or Temporal cannot be reached.
 */
export async function startWorkers(
  roles: readonly Role[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<RunningWorkers> {
  const known = workerEnvironment(environment);
  const { settings, configuration, secrets } = known;
  const unfit = unfitServices(configuration);
  const log = createLogger({ level: settings.logLevel, bindings: { pid: process.pid, roles }, secrets });
  Runtime.install({
    logger: runtimeLogger(log),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
  for (const { service, refused } of unfit) log.warn({ service, why: refused }, 'Worker:ServiceUnfit');
  const client = await connectTemporal();
  const connection = await connectNatively();
  const { namespace } = temporalAddress();
  const { ports, close } = createWorkerPorts(client, known);
  const common = { connection, namespace, shutdownGraceTime: 0, shutdownForceTime: DRAIN_MS };
  const workers = await Promise.all(roles.map((role) => Worker.create({ ...common, ...optionsFor(role, ports) })));
  const health = await serveHealth(settings.healthPort, workers);
  const ended = (async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.run()));
    await Promise.all([health.close(), close(), connection.close(), client.connection.close()]);
    log.info({}, 'Worker:Drained');
  })();
  log.info(
    { services: configuration.services.map(({ name, baseUrl }) => ({ name, baseUrl })), namespace, health: health.port },
    'Worker:Ready',
  );
  const drain = (): void => {
    log.info({}, 'Worker:Draining');
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return { ended, drain };
}
