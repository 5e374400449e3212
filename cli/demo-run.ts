import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATHS } from '../domain/layout.ts';
import type { Stack } from '../local/stack.ts';
import { parseSpec } from '../schema/spec.ts';
import { ownConfiguration } from './assumed.ts';
import { followAttached, startAttached } from './attached-run.ts';
import { conclude } from './conclusion.ts';
import { keep } from './demo-keepsake.ts';
import { DEMO_BUCKETS, DEMO_PREFIX, DEMO_SERVICES, DEMO_SPEC } from './demo-spec.ts';
import { startLocalWorker, startSimulation, systemEnvironment } from './local-system.ts';
import { newRunId } from './run-id.ts';
import { withRunClient } from './run-target.ts';
import type { Screen } from './screen.ts';
import type { Teardown } from './teardown.ts';

/** Where a demo writes, and what it listens to. */
export interface Demo {
  readonly screen: Screen;
  readonly teardown: Teardown;
  readonly signal: AbortSignal;
  /** Where its output is copied to, a folder for each run. */
  readonly directory: string;
}

const ELSEWHERE = /^(?:AWS|TEMPORAL|TILESCRIBE)_|_BASE_URL$/u;

/** From here on this process knows the demo's own servers, and no others. */
function moveTo(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (ELSEWHERE.test(name)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** Starts servers, services and a worker, and uploads the tiles. */
export async function startDemo({ screen, teardown }: Demo): Promise<Stack> {
  const { startStack } = await import('../local/stack.ts');
  const { createBuckets } = await import('../local/buckets.ts');
  const { uploadDemoTiles } = await import('../local/demo-bucket.ts');
  const { DEMO_CREDIT } = await import('../local/imagery.ts');
  const progress = (line: string): void => screen.note(line);
  moveTo({});
  progress('Starting Temporal and S3 on this machine (the first time they are installed into a cache)');
  const stack = await startStack({ ui: true, progress });
  teardown.add(stack.close);
  progress(`Temporal UI while the demo lasts: ${stack.temporal.uiUrl ?? stack.temporal.address}`);
  await createBuckets(stack.s3, Object.values(DEMO_BUCKETS));
  progress(`Cutting and uploading tiles. ${DEMO_CREDIT}`);
  await uploadDemoTiles(stack.s3, { bucket: DEMO_BUCKETS.tiles, prefix: DEMO_PREFIX, progress });
  const directory = await mkdtemp(join(tmpdir(), 'tilescribe-demo-'));
  teardown.add(() => rm(directory, { recursive: true, force: true }));
  const { simulated, servicesFile } = await startSimulation(DEMO_SERVICES, directory);
  teardown.add(() => simulated.close());
  moveTo(systemEnvironment(stack, servicesFile));
  const worker = await startLocalWorker(systemEnvironment(stack, servicesFile), join(directory, 'worker.log'));
  teardown.add(() => worker.kill());
  progress('Simulated services and a worker are up');
  return stack;
}

async function showKeepsake({ screen, directory }: Demo, uri: string, runId: string): Promise<void> {
  const kept = await keep(uri, join(directory, runId));
  screen.line('');
  screen.line('three captions:');
  for (const { key, text } of kept.captions) screen.line(`  ${screen.paint.bold(key)}\n    ${text}`);
  screen.line('');
  screen.line(
    `JSONL:  ${kept.files
      .filter((file) => file.endsWith('.jsonl'))
      .map((file) => join(kept.directory, file))
      .join('\n        ')}`,
  );
  screen.line(`report: ${join(kept.directory, PATHS.reportHtml)}`);
}

/** Runs the demo's spec as `run` would. @returns the exit code. */
export async function runDemo(demo: Demo): Promise<number> {
  const spec = parseSpec(DEMO_SPEC);
  const runId = newRunId(spec.dataset, Date.now(), Math.random);
  const { screen } = demo;
  return withRunClient(async (client) => {
    const run = { client, runId, spec, configuration: ownConfiguration(process.env), screen };
    await startAttached(run);
    screen.note(`started run ${runId}: captions and two questions about every tile`);
    const followed = await followAttached(run, demo.signal);
    if (followed.kind === 'detached') return 130;
    const exitCode = await conclude(followed, runId, screen);
    const output = followed.kind === 'ended' ? followed.status.output : null;
    if (output !== null) await showKeepsake(demo, output, runId);
    return exitCode;
  });
}
