import { addCounted, type Counted, countedAs, NOTHING_COUNTED } from '../domain/balance.ts';
import { type Cluster, clusterOf, joinedClusters, withCluster } from '../domain/clusters.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { harvestedFrom } from '../domain/harvest.ts';
import type { TileRecord } from '../domain/record.ts';
import { sameRequestAs, warningKind } from '../domain/same-request.ts';
import { Histogram } from './histogram.ts';
import { Sampler } from './sample.ts';

interface ServiceTally {
  readonly model: string;
  records: number;
  jobs: number;
  readonly attempts: Histogram;
  readonly latency: Histogram;
}

const WARNING_TEXTS = 100;
/** Where warnings are counted whose text came after the hundredth. */
export const OTHER_WARNINGS = '(other warnings)';

/** @returns the value of a key, made and kept where it is not there yet. */
function reach<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/**
 * Counts records, in memory that does not grow with their number. Tallies of parts, merged in the order of the
 * parts, say the same as one tally of all of them.
 */
export class Tally {
  readonly tasks = new Map<string, Counted>();
  readonly errors = new Map<ErrorCode, number>();
  /** What the errors say; at most 20, of all codes together. */
  clusters: readonly Cluster[] = [];
  readonly services = new Map<string, ServiceTally>();
  readonly warnings = new Map<string, number>();
  readonly sampler = new Sampler();

  add(record: TileRecord): void {
    const counted = this.tasks.get(record.task_id) ?? NOTHING_COUNTED;
    const heading = countedAs(record);
    this.tasks.set(record.task_id, { ...counted, [heading]: counted[heading] + 1 });
    this.#fail(record);
    for (const warning of record.warnings) this.#warn(warningKind(warning), 1);
    this.#serve(record);
    this.sampler.add(record);
  }

  merge(other: Tally): void {
    for (const [task, counted] of other.tasks) {
      this.tasks.set(task, addCounted(this.tasks.get(task) ?? NOTHING_COUNTED, counted));
    }
    for (const [code, count] of other.errors) this.errors.set(code, (this.errors.get(code) ?? 0) + count);
    this.clusters = joinedClusters([this.clusters, other.clusters]);
    for (const [warning, count] of other.warnings) this.#warn(warning, count);
    for (const [name, service] of other.services) this.#join(name, service);
    this.sampler.merge(other.sampler);
  }

  #fail({ service, error_code: code, error_message: message, uri }: TileRecord): void {
    if (code === null) return;
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
    this.clusters = withCluster(this.clusters, clusterOf({ service, code, message, uri }));
  }

  #warn(warning: string, count: number): void {
    const text = this.warnings.has(warning) || this.warnings.size < WARNING_TEXTS ? warning : OTHER_WARNINGS;
    this.warnings.set(text, (this.warnings.get(text) ?? 0) + count);
  }

  #service(name: string, model: string): ServiceTally {
    return reach(this.services, name, () => ({
      model,
      records: 0,
      jobs: 0,
      attempts: new Histogram(),
      latency: new Histogram(),
    }));
  }

  #serve(record: TileRecord): void {
    const service = this.#service(record.service, record.model);
    service.records += 1;
    // Its jobs and times are those of the run that asked.
    if (harvestedFrom(record) !== null) return;
    service.jobs += record.attempts;
    if (record.attempts > 0) service.attempts.add(record.attempts);
    // The time of a shared answer is that of one job.
    if (record.latency_ms !== null && sameRequestAs(record) === null) service.latency.add(record.latency_ms);
  }

  #join(name: string, other: ServiceTally): void {
    const service = this.#service(name, other.model);
    service.records += other.records;
    service.jobs += other.jobs;
    service.attempts.merge(other.attempts);
    service.latency.merge(other.latency);
  }
}
