import { NO_HARVEST, type FormerHolder, type Harvest, type HarvestedJob, type HarvestedStrand } from '../../domain/harvest.ts';
import { inRun, PATHS, s3Uri } from '../../domain/layout.ts';
import { NOTHING_OWED } from '../../domain/owed-totals.ts';
import type { Frozen, Lane, OwedTotals, Run, RunRef } from '../../domain/run.ts';
import { sum } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore, ObjectStores } from '../../ports/object-store.ts';
import type { RunRegistry } from '../../ports/run-registry.ts';
import { outputStore } from '../output-store.ts';
import type { Pulse } from '../pulse.ts';
import { putOnce } from '../put-once.ts';
import { jsonOf, readIfThere } from '../read-object.ts';
import { withS3Failures } from '../s3-failure.ts';
import { closedRuns } from '../closed-runs.ts';
import { EndedRuns } from '../ended-runs.ts';
import { Gathering, type Gathered, type WantedJob } from './gather.ts';
import type { Barn } from './lane-gathering.ts';
import { leftoversOf, type Leftovers } from './leftovers.ts';

/** What harvest needs. */
export interface HarvestPorts {
  readonly stores: ObjectStores;
  readonly clock: Clock;
  readonly registry: RunRegistry;
  readonly nonce: () => string;
  readonly readRun: (ref: RunRef) => Promise<Run>;
  readonly readFrozen: (ref: RunRef) => Promise<Frozen>;
}

interface Harvesting extends HarvestPorts {
  readonly ended: EndedRuns;
}

export interface HarvestArgs {
  readonly ref: RunRef;
}

/** What closed runs had left that this run takes over. */
export interface Harvested {
  readonly records: number;
  /** In flight. */
  readonly jobs: number;
}

function harvested({ from }: Harvest): Harvested {
  return { records: sum(from.map(({ records }) => records)), jobs: sum(from.map(({ jobs }) => jobs)) };
}

async function harvestIfThere(store: ObjectStore, ref: RunRef): Promise<Harvest | null> {
  const at = inRun(ref, PATHS.harvest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : (jsonOf(bytes, s3Uri(at)) as Harvest);
}

/** Strands that have begun without a harvest have asked already what it would take over. */
async function hasBegun(store: ObjectStore, ref: RunRef, lanes: readonly Lane[]): Promise<boolean> {
  for (const { service, strands } of lanes) {
    for (let strand = 0; strand < strands; strand += 1) {
      const { bucket, key } = inRun(ref, PATHS.strandLog(service, strand));
      for await (const _page of store.list({ bucket, prefix: key })) return true;
    }
  }
  return false;
}

function jobOf({ job, question, place, tile }: WantedJob): HarvestedJob {
  const { facts, attempts, runId, holder, callId, beganAtMs, acceptedAtMs, deadlineAtMs } = job;
  const { range, line } = place;
  const task = question.task.id;
  return { range, line, task, tile, facts, attempts, runId, holder, callId, beganAtMs, acceptedAtMs, deadlineAtMs };
}

interface StrandPlace {
  readonly lane: Lane;
  readonly strand: number;
}

async function putStrand(
  barn: Barn,
  at: StrandPlace,
  of: { jobs: readonly WantedJob[]; holders: readonly FormerHolder[] },
): Promise<string> {
  const { lane, strand } = at;
  const path = PATHS.harvestedStrand({ nonce: barn.nonce, lane: lane.service, strand });
  const mine = of.jobs.filter(
    ({ question, place }) => question.lane.service === lane.service && place.range % lane.strands === strand,
  );
  const holders = of.holders.filter((holder) => holder.lane === lane.service);
  const body: HarvestedStrand = { jobs: mine.map(jobOf), holders };
  await barn.store.put(inRun(barn.ref, path), JSON.stringify(body));
  return path;
}

async function lanesOf(barn: Barn, gathered: Gathered, { holders }: Leftovers): Promise<Harvest['lanes']> {
  const lanes: Record<string, Harvest['lanes'][string]> = {};
  for (const gathering of gathered.lanes) {
    const { lane } = gathering;
    const strands: string[] = [];
    for (let strand = 0; strand < lane.strands; strand += 1)
      strands.push(await putStrand(barn, { lane, strand }, { jobs: gathered.jobs, holders }));
    lanes[lane.service] = { ranges: await gathering.finish(), strands };
  }
  return lanes;
}

function fromOf({ records, jobs }: Gathered, { runs }: Leftovers): Harvest['from'] {
  const all = runs.map(({ run: { runId } }) => ({
    run_id: runId,
    records: records.get(runId) ?? 0,
    jobs: jobs.filter(({ job }) => job.runId === runId).length,
  }));
  return all.filter((from) => from.records + from.jobs > 0);
}

function allNew({ spec }: Run, { inputs }: Frozen): OwedTotals {
  const tasks = inputs * spec.tasks.length;
  return { ...NOTHING_OWED, new: tasks, owed: tasks };
}

async function gatherAll(ports: Harvesting, { ref }: HarvestArgs, pulse: Pulse): Promise<Harvest> {
  const { clock, registry, ended } = ports;
  const barn: Barn = { store: outputStore(ports.stores, ref), ref, nonce: ports.nonce() };
  const [run, frozen] = [await ports.readRun(ref), await ports.readFrozen(ref)];
  if (await hasBegun(barn.store, ref, run.lanes)) return NO_HARVEST;
  const closed = await closedRuns({ store: barn.store, ref, registry, ended });
  if (closed.length === 0) return { ...NO_HARVEST, owed: allNew(run, frozen) };
  const leftovers = await leftoversOf({ store: barn.store, clock, run }, closed);
  const gathered = await new Gathering({ run, frozen, barn, leftovers, pulse }).all();
  const lanes = await lanesOf(barn, gathered, leftovers);
  return { schema_version: 1, from: fromOf(gathered, leftovers), owed: gathered.owed, lanes };
}

/**
 * Finds out what closed runs of the same output had left that this run asks too: finished records, and jobs in flight.
 * Their logs are only read. Every attempt writes under a name of its own; the first that puts `_work/harvest.json` says
 * which of it holds.
 *
 * @returns an activity that throws Failure.
 */
export function createHarvest(ports: HarvestPorts): (args: HarvestArgs, pulse: Pulse) => Promise<Harvested> {
  const harvesting = { ...ports, ended: new EndedRuns() };
  return (args, pulse) =>
    withS3Failures('output', async () => {
      const store = outputStore(ports.stores, args.ref);
      const there = await harvestIfThere(store, args.ref);
      if (there !== null) return harvested(there);
      const ours = await gatherAll(harvesting, args, pulse);
      const at = inRun(args.ref, PATHS.harvest);
      const put = await putOnce(store, at, Buffer.from(JSON.stringify(ours)));
      return harvested(put === 'written' ? ours : (jsonOf(put.adopted, s3Uri(at)) as Harvest));
    });
}
