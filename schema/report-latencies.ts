import type { RunLatency } from '../domain/past-latency.ts';
import { ownField } from './json-object.ts';

/** The normal quantile of 0.95. */
const Z95 = 1.645;

function numberOf(value: unknown, name: string): number | null {
  const found = ownField(value, name);
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : null;
}

/**
 * Reports that were written before they had a mean have percentiles: times of jobs are about lognormal, so that these
 * give one.
 */
function meanIn(spread: unknown): number | null {
  const [mean, p50, p95] = [numberOf(spread, 'mean'), numberOf(spread, 'p50'), numberOf(spread, 'p95')];
  if (mean !== null || p50 === null || p50 === 0 || p95 === null) return mean ?? p50;
  const deviation = Math.log(Math.max(1, p95 / p50)) / Z95;
  return Math.min(Math.max(p50, p95), p50 * Math.exp(deviation ** 2 / 2));
}

/** Of a report without a mean only where nothing was harvested: records of other runs have no jobs in it. */
function attemptsIn(row: unknown, harvestedJobs: number): number {
  const mean = numberOf(ownField(row, 'attempts'), 'mean');
  if (mean !== null) return Math.max(1, mean);
  const [jobs, records] = [numberOf(row, 'jobs') ?? 0, numberOf(row, 'records') ?? 0];
  return harvestedJobs > 0 || records === 0 ? 1 : Math.max(1, jobs / records);
}

/** @returns what report.json says of the time that jobs took; what it does not say, or another version said otherwise, is left out. */
export function latenciesOfReport(report: unknown, runId: string): RunLatency[] {
  const services = ownField(report, 'services');
  const harvestedJobs = numberOf(ownField(report, 'harvest'), 'jobs') ?? 0;
  return (Array.isArray(services) ? (services as unknown[]) : []).flatMap((row): RunLatency[] => {
    const [service, model] = [ownField(row, 'service'), ownField(row, 'model')];
    const spread = ownField(row, 'latency_ms');
    const meanMs = meanIn(spread);
    const jobs = numberOf(spread, 'count') ?? numberOf(row, 'jobs') ?? 0;
    if (typeof service !== 'string' || typeof model !== 'string' || meanMs === null || jobs === 0) return [];
    const medianMs = numberOf(spread, 'p50');
    return [{ runId, service, model, jobs, meanMs, medianMs, attempts: attemptsIn(row, harvestedJobs) }];
  });
}
