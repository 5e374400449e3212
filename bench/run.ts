import { loadavg } from 'node:os';
import { BUDGET_WORKFLOW_ID } from '../domain/temporal-names.ts';
import { executionsOf } from './histories.ts';
import { jobFigures } from './job-figures.ts';
import { aimsOf, type RunFigures } from './run-figures.ts';
import type { RunOptions } from './run-options.ts';
import { BUCKET, inScene, SERVICES, type Scene } from './run-scene.ts';
import { executeRun, withClient, type RunTimes } from './run-execution.ts';
import { runTable } from './run-table.ts';
import { uploadTiles } from './run-tiles.ts';
import { temporalFigures } from './temporal-figures.ts';
import { readProcess } from './worker-figures.ts';

const RUN_ID = 'bench';

function specOf({ tasks }: RunOptions): object {
  return {
    dataset: 'bench',
    input: { uri: `s3://${BUCKET}/tiles/` },
    output: { uri: `s3://${BUCKET}/out/` },
    tasks: Array.from({ length: tasks }, (_, n) => {
      const kind = SERVICES[n % SERVICES.length];
      return kind === 'vqa' ? { id: `vqa-${n}`, kind, question: `Question ${n}: is there water?` } : { id: `caption-${n}`, kind };
    }),
  };
}

interface Ended extends RunTimes {
  readonly executions: Awaited<ReturnType<typeof executionsOf>>;
}

function perform({ stack }: Scene, options: RunOptions): Promise<Ended> {
  return withClient(stack, async (client) => {
    const times = await executeRun(client, RUN_ID, specOf(options));
    const ids = [RUN_ID, BUDGET_WORKFLOW_ID];
    const executions = (await Promise.all(ids.map((id) => executionsOf(client, id)))).flat();
    return { ...times, executions };
  });
}

async function measure(scene: Scene, options: RunOptions): Promise<RunFigures> {
  const { tiles, tasks, slots } = options;
  await uploadTiles(scene.stack.s3, { bucket: BUCKET, prefix: 'tiles/', count: tiles });
  const [loadBefore = 0] = loadavg();
  const { startedAtMs, endedAtMs, executions } = await perform(scene, options);
  const worker = await readProcess(scene.worker.pid);
  const [loadAfter = 0] = loadavg();
  const jobs = jobFigures(scene.simulation.journal.events, slots);
  return {
    tiles,
    tasks,
    jobs,
    temporal: temporalFigures(executions),
    worker,
    before: (jobs.firstSubmitAtMs - startedAtMs) / 1_000,
    after: (endedAtMs - jobs.lastDoneAtMs) / 1_000,
    s3: scene.relay.figures(),
    load: [loadBefore, loadAfter],
  };
}

/** Measures a run from its first submit to its last job, and prints what it took. */
export async function benchRun(options: RunOptions): Promise<void> {
  const figures = await inScene(options, (scene) => measure(scene, options));
  const text = options.json ? JSON.stringify({ ...figures, aims: aimsOf(figures) }) : runTable(figures);
  process.stdout.write(`${text}\n`);
}
