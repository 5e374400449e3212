import { inRun, PATHS, s3Uri } from '../domain/layout.ts';
import { pastLatency, type PastLatency, type RunLatency } from '../domain/past-latency.ts';
import type { Run, RunManifest, RunRef } from '../domain/run.ts';
import type { Service } from '../domain/service.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { latenciesOfReport } from '../schema/report-latencies.ts';
import { jsonOf, readIfThere } from '../activities/read-object.ts';

/** A closed run as far as its report matters. */
export interface ReportedRun {
  readonly ref: RunRef;
  readonly run: Pick<Run, 'services'>;
  /** Null where it has none: then it has no report either. */
  readonly manifest: Pick<RunManifest, 'owed'> | null;
}

/** A service that is to be asked. */
export type Wanted = Pick<Service, 'name' | 'model'>;

/** Of a service: older runs are of older tiles and older containers. */
const RUNS = 10;
const AT_ONCE = 10;
/** Reports that are read for all services together; one is some 100 kB at most. */
const READ = 50;

function asks({ run, manifest }: ReportedRun, { name, model }: Wanted): boolean {
  return manifest !== null && manifest.owed?.owed !== 0 && run.services[name]?.model === model;
}

function isOf({ service, model }: RunLatency, wanted: Wanted): boolean {
  return service === wanted.name && model === wanted.model;
}

async function latenciesOf(store: ObjectStore, { ref }: ReportedRun): Promise<RunLatency[]> {
  const at = inRun(ref, PATHS.reportJson);
  const bytes = await readIfThere(store, at);
  if (bytes === null) return [];
  try {
    return latenciesOfReport(jsonOf(bytes, s3Uri(at)), ref.runId);
  } catch {
    // A damaged report is for `audit` to tell of; an estimate does without it.
    return [];
  }
}

/** What was read of every service that is wanted, the newest runs first. */
class Gathered {
  readonly #found: Map<Wanted, RunLatency[]>;

  constructor(wanted: readonly Wanted[]) {
    this.#found = new Map(wanted.map((one) => [one, []]));
  }

  /** @returns whether a run may say something that is still missing. */
  needs(run: ReportedRun): boolean {
    return [...this.#found].some(([wanted, found]) => found.length < RUNS && asks(run, wanted));
  }

  add(latency: RunLatency): void {
    for (const [wanted, found] of this.#found) if (isOf(latency, wanted) && found.length < RUNS) found.push(latency);
  }

  latencies(): PastLatency[] {
    return [...this.#found.values()].flatMap((found) => pastLatency(found) ?? []);
  }
}

/**
 * Reads what earlier runs say of the time that jobs take: of each service the 10 newest that asked the same model.
 *
 * @param runs the newest first.
 * @returns nothing of a service that no run has asked.
 * @throws ObjectStoreError
 */
export async function pastLatencies(
  store: ObjectStore,
  runs: readonly ReportedRun[],
  wanted: readonly Wanted[],
): Promise<PastLatency[]> {
  const gathered = new Gathered(wanted);
  let rest = runs;
  for (let read = 0; read < READ; read += AT_ONCE) {
    const next = rest.filter((run) => gathered.needs(run)).slice(0, AT_ONCE);
    const [last] = next.slice(-1);
    if (last === undefined) break;
    rest = rest.slice(rest.indexOf(last) + 1);
    for (const found of await Promise.all(next.map((run) => latenciesOf(store, run)))) for (const one of found) gathered.add(one);
  }
  return gathered.latencies();
}
