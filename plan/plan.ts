import { createHash } from 'node:crypto';
import { otherRunsOf, type ClosedRun } from '../activities/closed-runs.ts';
import { EndedRuns } from '../activities/ended-runs.ts';
import { noTiles, openInput } from '../activities/enumerate.ts';
import { leftoversOf } from '../activities/harvest/leftovers.ts';
import { newRun } from '../activities/open-run.ts';
import { outputStore } from '../activities/output-store.ts';
import { withS3Failures } from '../activities/s3-failure.ts';
import { estimate } from '../domain/estimate.ts';
import { runPlace } from '../domain/layout.ts';
import type { EarlierRun, Plan, PlannedTask, PlanProgress } from '../domain/plan.ts';
import type { PastLatency } from '../domain/past-latency.ts';
import type { Run, RunRef } from '../domain/run.ts';
import type { Configuration, Service } from '../domain/service.ts';
import { canonicalJson, specIdentity, type RunSpec } from '../domain/spec.ts';
import { isoText, sum } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';
import type { RunRegistry } from '../ports/run-registry.ts';
import { specDocument } from '../schema/spec.ts';
import { compare, type Compared } from './comparison.ts';
import { pastLatencies } from './past-latency.ts';
import { savedSeconds } from './saved.ts';

/** What a plan is made with; nothing is written and no model is asked. */
export interface PlanPorts {
  readonly stores: ObjectStores;
  readonly registry: RunRegistry;
  readonly clock: Clock;
  readonly configuration: Configuration;
  /** Of what makes the plan, by name; preparation is added. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface PlanWanted {
  readonly spec: RunSpec;
  readonly signal: AbortSignal;
  readonly progress: (at: PlanProgress) => void;
}

/** No run has this id: none is passed over. */
const NO_RUN = '';

interface Facts {
  readonly run: Run;
  readonly closed: readonly ClosedRun[];
  readonly open: readonly string[];
  readonly compared: Compared;
  readonly past: readonly PastLatency[];
}

function earlierRunOf({ ref, run, manifest }: ClosedRun): EarlierRun {
  const started_at = run.startedAt;
  if (manifest === null) return { run_id: ref.runId, state: 'unfinished', started_at, ended_at: null, tiles: null };
  const { state, ended_at, inputs } = manifest;
  return { run_id: ref.runId, state, started_at, ended_at, tiles: inputs };
}

/** Who asks what, as far as it decides what is asked. */
function digestOf({ run, compared }: Facts, owedSha256: string): string {
  const services = Object.values(run.services).map(({ name, api, model }) => ({ name, api, model }));
  const deciding = { input: compared.input.sha256, spec: specIdentity(run.spec), services, preparation: run.preparation };
  return createHash('sha256')
    .update(canonicalJson({ ...deciding, owed: owedSha256 }))
    .digest('hex');
}

function jobsOf(tasks: readonly PlannedTask[], { inFlight, identical }: Compared): Map<string, number> {
  const jobs = new Map<string, number>();
  for (const { service, owed } of tasks) jobs.set(service, (jobs.get(service) ?? 0) + owed);
  for (const [service, owed] of jobs) jobs.set(service, owed - (inFlight.get(service) ?? 0) - (identical.get(service) ?? 0));
  return jobs;
}

function harvestOf({ compared, past, run }: Facts): Plan['harvest'] {
  const { records, inFlight } = compared;
  const from = [...records].toSorted(([a, most], [b, least]) => least - most || (a < b ? -1 : 1));
  return {
    records: sum([...records.values()]),
    jobs_in_flight: sum([...inFlight.values()]),
    gpu_seconds_saved: savedSeconds(run, compared, past),
    from: from.map(([run_id, count]) => ({ run_id, records: count })),
  };
}

function planOf(facts: Facts, { configuration, versions, clock }: PlanPorts): Plan {
  const { run, closed, open, compared, past } = facts;
  const now = clock.now();
  const tasks = compared.tally.tasks((service) => run.services[service]?.model ?? '');
  const jobs = jobsOf(tasks, compared);
  const workloads = [...jobs].map(([service, count]) => ({ service, jobs: count }));
  const ignored = sum(Object.values(compared.input.ignored));
  const identical = sum([...compared.identical.values()]);
  return {
    schema_version: 1,
    made_at: isoText(now),
    dataset: run.spec.dataset,
    spec: specDocument(run.spec),
    output: run.spec.output.uri,
    input: compared.input,
    earlier_runs: closed.map(earlierRunOf),
    open_runs: open,
    tasks,
    totals: { ...compared.tally.totals(), ignored, identical, jobs: sum([...jobs.values()]) },
    reasons: compared.tally.reasons(),
    harvest: harvestOf(facts),
    estimate: estimate(workloads, { configuration, past, now }),
    versions: { ...versions, preparation: run.preparation },
    digest: digestOf(facts, compared.tally.sha256()),
  };
}

function refOf({ output }: RunSpec): RunRef {
  const { uri, sseKmsKeyId } = output;
  return { ...runPlace(uri, NO_RUN), runId: NO_RUN, ...(sseKmsKeyId === undefined ? {} : { sseKmsKeyId }) };
}

function latencies(store: ObjectStore, { closed, run }: Pick<Facts, 'closed' | 'run'>): Promise<PastLatency[]> {
  return withS3Failures('output', () => pastLatencies(store, closed, Object.values<Service>(run.services)));
}

/**
 * Says what a run of a spec would do and why: its input is listed, and compared with what earlier runs of the same output
 * have recorded.
 * @throws Failure, also where a run would not start; what `signal` was aborted with
 */
export async function makePlan(ports: PlanPorts, { spec, signal, progress }: PlanWanted): Promise<Plan> {
  const { stores, registry, clock, configuration } = ports;
  const run = newRun({ spec, runId: NO_RUN, startedAt: isoText(clock.now()) }, configuration);
  const ref = refOf(spec);
  const output = outputStore(stores, ref);
  progress({ step: 'listing', tiles: 0 });
  const pulse = { beat: () => undefined, signal };
  const input = await openInput({ stores, output, run, pulse });
  const { closed, open } = await withS3Failures('output', () =>
    otherRunsOf({ store: output, ref, registry, ended: new EndedRuns() }),
  );
  // Whoever was terminated a moment ago may still submit: a run waits for that, a plan is of this moment.
  const patient = { ...clock, now: () => clock.now(), sleep: async () => undefined };
  const leftovers = await withS3Failures('output', () => leftoversOf({ store: output, clock: patient, run }, closed));
  const told = (tiles: number): void => progress({ step: 'comparing', tiles });
  const compared = await compare({ run, input, output, leftovers, signal, progress: told });
  if (compared.input.tiles === 0) throw await noTiles(input, compared.input.ignored);
  return planOf({ run, closed, open, compared, past: await latencies(output, { closed, run }) }, ports);
}
