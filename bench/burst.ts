import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../domain/temporal-names.ts';
import { SECOND_MS } from '../domain/units.ts';
import { localS3Client } from '../local/buckets.ts';
import { startChild, stopChild, type Child } from '../local/child.ts';
import { childEnvironment } from '../local/environment.ts';
import { builtCommand } from '../local/workers.ts';
import { burstOf, createBurstQueue, type BurstQueue } from './burst-events.ts';
import { burstFigures, burstTable, type Burst } from './burst-figures.ts';
import { burstRecords, putObjects } from './burst-objects.ts';
import { INTAKES, type BurstOptions } from './burst-options.ts';
import { withClient } from './run-execution.ts';
import { BUCKET, inScene, simulatedServices, type Scene } from './run-scene.ts';

/** Objects by the ten thousand whose events come all at once, to several intakes of which one is killed. */

/** Of the objects, as many as there are messages left. */
const KILLED_AT = 0.6;
const LOOK_EVERY_MS = SECOND_MS;
const TELL_EVERY = 10;
const GRACE_MS = 60 * SECOND_MS;

const SPEC = {
  dataset: 'burst',
  input: { uri: `s3://${BUCKET}/tiles/` },
  output: { uri: `s3://${BUCKET}/out/` },
  tasks: [{ id: 'caption', kind: 'caption' }],
};

interface Stage {
  readonly scene: Scene;
  readonly options: BurstOptions;
  readonly queue: BurstQueue;
  /** Of the file of the spec. */
  readonly spec: string;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What it says of its runs goes nowhere; what is wrong is for whoever measures. */
function startIntake({ scene, options, queue, spec }: Stage): Promise<Child> {
  const args = ['intake', '--queue', queue.url, '--spec', spec, '--batch', String(options.batch), '--every', '5'];
  return startChild({
    command: process.execPath,
    args: [builtCommand(), ...args],
    environment: childEnvironment(process.env, scene.stack.environment),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function untilLeft(most: number, { queue }: Stage): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const left = await queue.size();
    if (left <= most) return;
    if (looks % TELL_EVERY === 0) say(`  ${left} messages left`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** One is killed while the queue is full, and started again. */
async function takeIn(stage: Stage): Promise<void> {
  const intakes = await Promise.all(Array.from({ length: INTAKES }, () => startIntake(stage)));
  try {
    await untilLeft(KILLED_AT * stage.options.events, stage);
    await stopChild(intakes.shift() as Child, 0);
    say('  one intake killed; another one started');
    intakes.push(await startIntake(stage));
    await untilLeft(0, stage);
  } finally {
    await Promise.all(intakes.map((one) => stopChild(one, GRACE_MS)));
  }
}

async function untilEnded(client: Client): Promise<number> {
  let runs = 0;
  for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = '${WORKFLOW_TYPES.run}'` })) {
    await client.workflow.getHandle(workflowId).result();
    runs += 1;
  }
  return runs;
}

async function play(stage: Stage): Promise<Burst> {
  const { scene, options, queue } = stage;
  const s3 = localS3Client(scene.stack.s3);
  try {
    say(`putting ${options.events} objects`);
    const bodies = burstOf(await putObjects(s3, options.events, options.pictures));
    say(`sending ${bodies.length} messages`);
    await queue.send(bodies);
    const startedAtMs = Date.now();
    say(`${INTAKES} intakes`);
    await takeIn(stage);
    const takenInAtMs = Date.now();
    say('waiting for the runs');
    const runs = await withClient(scene.stack, untilEnded);
    const times = { startedAtMs, takenInAtMs, endedAtMs: Date.now() };
    const { events } = scene.simulation.journal;
    const found = { runs, records: await burstRecords(s3), events };
    return { objects: options.events, messages: bodies.length, ...times, ...found };
  } finally {
    s3.destroy();
  }
}

async function measure(scene: Scene, options: BurstOptions): Promise<Burst> {
  const queue = await createBurstQueue(scene.stack.s3);
  try {
    const spec = join(scene.directory, 'burst.json');
    await writeFile(spec, JSON.stringify(SPEC));
    return await play({ scene, options, queue, spec });
  } finally {
    queue.close();
  }
}

/** Measures a burst of events, and prints what it came to. */
export async function benchBurst(options: BurstOptions): Promise<void> {
  const burst = await inScene(options, (scene) => measure(scene, options));
  const figures = burstFigures(burst, simulatedServices(options));
  process.stdout.write(`${options.json ? JSON.stringify({ options, ...figures }) : burstTable(figures)}\n`);
}
