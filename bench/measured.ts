import { randomUUID } from 'node:crypto';
import { systemClock } from '../adapters/clock.ts';
import { createObjectStores } from '../adapters/s3/store.ts';
import { readEndedRun } from '../current/ended-runs.ts';
import { rebuildCurrent } from '../current/rebuild.ts';
import { updateCurrent } from '../current/update.ts';
import type { CurrentPorts } from '../current/ports.ts';
import { parseS3Uri, runPlace, type RunPlace } from '../domain/layout.ts';
import { makePlan } from '../plan/plan.ts';
import { MADE_CONFIGURATION, madeSpec } from './made-run.ts';
import { withMadeListing } from './made-tiles.ts';
import { takenBy } from './memory-peak.ts';
import type { Job, Measured } from './measure.ts';

/** The program of the child in which one piece of work is measured alone: its job in, what it took out. */

const { signal } = new AbortController();
const stores = createObjectStores();

async function plan({ output, input, latencyMs }: Extract<Job, { kind: 'plan' }>): Promise<Measured> {
  let pages = 0;
  const listed = withMadeListing(stores.output({}), input, { latencyMs, counted: () => (pages += 1) });
  const ports = {
    stores: { input: () => listed, output: () => stores.output({}) },
    registry: { isOpen: () => Promise.resolve(false) },
    clock: systemClock,
    configuration: MADE_CONFIGURATION,
    versions: {},
  };
  let saw: Measured['saw'] = {};
  const taken = await takenBy(async () => {
    const { totals, input: found } = await makePlan(ports, { spec: madeSpec(output), signal, progress: () => undefined });
    saw = { ...totals, tiles: found.tiles };
  });
  return { taken, pages, saw };
}

function currentPorts(): CurrentPorts {
  const [store, pointers] = [stores.output({}), stores.pointers({})];
  return { store, pointers, clock: systemClock, nonce: randomUUID, signal, beat: () => undefined };
}

async function update({ output, runId }: Extract<Job, { kind: 'update' }>): Promise<Measured> {
  let saw: Measured['saw'] = {};
  const taken = await takenBy(async () => {
    const ports = currentPorts();
    const run = await readEndedRun(ports.store, runPlace(output, runId), runId);
    if (run === null) throw new Error(`There is no run ${runId}.`);
    const { won, generation } = await updateCurrent(ports, run);
    saw = { won, generation };
  });
  return { taken, pages: 0, saw };
}

function outputPlace(uri: string): RunPlace {
  const { bucket, key: prefix } = parseS3Uri(uri) ?? { bucket: '', key: '' };
  return { bucket, prefix };
}

async function rebuild({ output }: Extract<Job, { kind: 'rebuild' }>): Promise<Measured> {
  let saw: Measured['saw'] = {};
  const taken = await takenBy(async () => {
    const options = { force: false, progress: () => undefined };
    const { view } = await rebuildCurrent(currentPorts(), outputPlace(output), options);
    saw = { records: view.parts.reduce((sum, { lines }) => sum + lines, 0), parts: view.parts.length };
  });
  return { taken, pages: 0, saw };
}

function measured(job: Job): Promise<Measured> {
  if (job.kind === 'plan') return plan(job);
  return job.kind === 'update' ? update(job) : rebuild(job);
}

try {
  process.stdout.write(JSON.stringify(await measured(JSON.parse(process.argv[2] ?? '') as Job)));
} finally {
  stores.close();
}
