import { Context } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { AdvanceArgs } from '../../activities/advance/advance-types.ts';
import type { Activities } from '../../activities/index.ts';
import type { MergeArgs } from '../../activities/merge/merge.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { PAUSE_SIGNAL, RESUME_SIGNAL, STATUS_QUERY, TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import { gate } from '../support/gate.ts';
import { uniqueName } from '../support/servers.ts';
import { openNamespace, type NamespaceOptions, type OwnNamespace } from '../support/temporal-namespace.ts';
import { workflowBundle } from './bundle.ts';
import { performing, type Script } from './script.ts';

const BEAT_EVERY_MS = 20;
const PATIENCE = { timeout: 60_000, interval: 25 };

/** One activity as a run called it; attempts of the same one are further calls. */
export interface Call {
  readonly name: keyof Activities;
  readonly args: unknown;
  /** For the eye: `advance vqa/0 work`, `merge 0`. */
  readonly title: string;
  ended: boolean;
}

/** A run of a script. */
export interface ScriptedRun {
  readonly id: string;
  readonly handle: WorkflowHandle;
  readonly calls: readonly Call[];
  /** The titles of the calls, in their order. */
  titles(): string[];
  advances(): AdvanceArgs[];
  status(): Promise<RunStatus>;
  /** Waits until the status is so. */
  becomes(like: Partial<RunStatus>): Promise<RunStatus>;
  /** Waits until an activity of that title has begun for the nth time. */
  begins(title: string, times?: number): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(): Promise<void>;
  result(): Promise<RunStatus>;
}

function titleOf(name: keyof Activities, args: unknown): string {
  if (name === 'merge') return `merge ${(args as MergeArgs).range}`;
  if (name !== 'advance') return name;
  const { lane, strand, mode } = args as AdvanceArgs;
  return `advance ${lane}/${strand} ${mode}`;
}

class Stage {
  readonly script: Script;
  readonly calls: Call[] = [];
  readonly #awaited: { readonly title: string; times: number; readonly come: () => void }[] = [];

  constructor(script: Script) {
    this.script = script;
  }

  begin(name: keyof Activities, args: unknown): Call {
    const call = { name, args, title: titleOf(name, args), ended: false };
    this.calls.push(call);
    for (const awaited of this.#awaited) if (this.#count(awaited.title) >= awaited.times) awaited.come();
    return call;
  }

  begins(title: string, times: number): Promise<void> {
    const come = gate();
    this.#awaited.push({ title, times, come: () => come.open() });
    if (this.#count(title) >= times) come.open();
    return come.opened;
  }

  #count(title: string): number {
    return this.calls.filter((call) => call.title === title).length;
  }
}

/** Workers of a namespace of their own whose activities follow the scripts of the runs. */
export class RunWorld {
  readonly #place: OwnNamespace;
  readonly #options: Partial<WorkerOptions>;
  readonly #stages = new Map<string, Stage>();
  readonly #stops: (() => Promise<void>)[] = [];
  #stopWorkflows: () => Promise<void> = () => Promise.resolve();

  private constructor(place: OwnNamespace, options: Partial<WorkerOptions>) {
    this.#place = place;
    this.#options = options;
  }

  static async open(options: Partial<WorkerOptions> & NamespaceOptions = {}): Promise<RunWorld> {
    const { searchAttributes: _registered, ...workerOptions } = options;
    const world = new RunWorld(await openNamespace(options), workerOptions);
    const act = world.#activities();
    await world.startWorkflows();
    await Promise.all([
      world.#work({ taskQueue: TASK_QUEUES.io, activities: act, ...workerOptions }),
      world.#work({ taskQueue: TASK_QUEUES.inference, activities: act, ...workerOptions }),
    ]);
    return world;
  }

  get client(): Client {
    return this.#place.client;
  }

  async startWorkflows(): Promise<void> {
    const workflowBundled = { taskQueue: TASK_QUEUES.workflows, workflowBundle: await workflowBundle() };
    this.#stopWorkflows = await this.#work({ ...workflowBundled, ...this.#options });
  }

  /** Stops the worker of the workflows and starts another one, which knows nothing. */
  async replaceWorkflows(): Promise<void> {
    await this.#stopWorkflows();
    await this.startWorkflows();
  }

  async start(script: Script, id = uniqueName('run')): Promise<ScriptedRun> {
    const stage = new Stage(script);
    this.#stages.set(id, stage);
    const spec = { dataset: 'eval' };
    const taskQueue = TASK_QUEUES.workflows;
    await this.client.workflow.start(WORKFLOW_TYPES.run, { taskQueue, workflowId: id, args: [spec] });
    const handle = this.client.workflow.getHandle(id);
    const status = (): Promise<RunStatus> => handle.query<RunStatus>(STATUS_QUERY);
    const becomes = (like: Partial<RunStatus>): Promise<RunStatus> =>
      vi.waitFor(async () => {
        const now = await status();
        expect(now).toMatchObject(like);
        return now;
      }, PATIENCE);
    return {
      id,
      handle,
      status,
      becomes,
      calls: stage.calls,
      titles: () => stage.calls.map(({ title }) => title),
      advances: () => stage.calls.flatMap(({ name, args }) => (name === 'advance' ? [args as AdvanceArgs] : [])),
      begins: (title, times = 1) => stage.begins(title, times),
      pause: () => handle.signal(PAUSE_SIGNAL),
      resume: () => handle.signal(RESUME_SIGNAL),
      cancel: async () => void (await handle.cancel()),
      result: async () => (await handle.result()) as RunStatus,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()));
    await this.#place.close();
  }

  async #work(options: Pick<WorkerOptions, 'taskQueue'> & Partial<WorkerOptions>): Promise<() => Promise<void>> {
    const { connection, namespace } = this.#place;
    const beat = { maxHeartbeatThrottleInterval: BEAT_EVERY_MS, defaultHeartbeatThrottleInterval: BEAT_EVERY_MS };
    const worker = await Worker.create({ connection, namespace, ...beat, ...options });
    const ended = worker.run();
    const stop = async (): Promise<void> => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    };
    this.#stops.push(stop);
    return stop;
  }

  #activities(): Activities {
    const names: (keyof Activities)[] = ['openRun', 'enumerate', 'harvest', 'advance', 'merge', 'finalize'];
    const act =
      (name: keyof Activities) =>
      (...args: never[]) =>
        this.#perform(name, together(args));
    return Object.fromEntries(names.map((name) => [name, act(name)])) as unknown as Activities;
  }

  async #perform(name: keyof Activities, args: never): Promise<unknown> {
    const { info, cancellationSignal: signal, heartbeat } = Context.current();
    const runId = info.workflowExecution?.workflowId ?? '';
    const stage = this.#stages.get(runId);
    if (stage === undefined) throw new Error(`nobody wrote a script for ${runId}`);
    const call = stage.begin(name, args);
    const beats = setInterval(heartbeat.bind(Context.current()), BEAT_EVERY_MS);
    try {
      return await performing(stage.script, { runId, signal, attempt: info.attempt })[name](args);
    } finally {
      clearInterval(beats);
      call.ended = true;
    }
  }
}

/** What an activity is told in several arguments, as one. */
function together(args: readonly never[]): never {
  const [first, ...rest] = args;
  return (rest.length === 0 ? first : Object.assign({ spec: first }, ...rest)) as never;
}

type WorkflowHistory = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** @returns the histories of all executions of a closed workflow, the first one first. */
export async function executionsOf(client: Client, workflowId: string): Promise<WorkflowHistory[]> {
  const histories: WorkflowHistory[] = [];
  for (let runId = (await client.workflow.getHandle(workflowId).describe()).runId; runId !== '';) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return histories;
}

/** A world for all tests of a file. */
export function worldOfThisFile(options: Partial<WorkerOptions> & NamespaceOptions = {}): { readonly world: RunWorld } {
  let opened: RunWorld | undefined;
  beforeAll(async () => {
    opened = await RunWorld.open(options);
  });
  afterAll(() => opened?.close());
  return {
    get world(): RunWorld {
      if (opened === undefined) throw new Error('the world opens before the first test');
      return opened;
    },
  };
}
