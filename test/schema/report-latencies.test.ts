import { describe, expect, it } from 'vitest';
import { latenciesOfReport } from '../../schema/report-latencies.ts';

const LATENCY = { count: 990, mean: 6_100.5, p50: 5_800, p95: 9_000, p99: 12_000, max: 30_000 };
const ROW = {
  service: 'caption',
  model: 'qwen',
  records: 1_000,
  jobs: 1_020,
  attempts: { count: 1_000, mean: 1.02, p50: 1, p95: 1, p99: 2, max: 3 },
  latency_ms: LATENCY,
};

function of(row: object, harvest: unknown = { jobs: 0 }): ReturnType<typeof latenciesOfReport> {
  return latenciesOfReport({ services: [row], harvest }, 'h-1');
}

describe('the times of jobs in report.json', () => {
  it('are read for every service', () => {
    expect(of(ROW)).toEqual([
      { runId: 'h-1', service: 'caption', model: 'qwen', jobs: 990, meanMs: 6_100.5, medianMs: 5_800, attempts: 1.02 },
    ]);
  });

  it('come from the percentiles where a report has no mean', () => {
    const { count: _count, mean: _mean, ...latency } = LATENCY;
    const [found] = of({ ...ROW, latency_ms: latency, attempts: { p50: 1, p95: 1, p99: 2, max: 3 } });
    // Lognormal with that median and 95th percentile.
    expect(found?.meanMs).toBeCloseTo(6_010.6, 1);
    expect(found).toMatchObject({ jobs: 1_020, attempts: 1.02 });
  });

  it('have no attempts to tell of where records of other runs are among them', () => {
    const [found] = of({ ...ROW, attempts: { p50: 1 } }, { jobs: 500 });
    expect(found?.attempts).toBe(1);
  });

  it.each([
    ['no service was asked', { ...ROW, jobs: 0, latency_ms: null, attempts: null }],
    ['latencies are of another form', { ...ROW, latency_ms: '6 s' }],
    ['the model has no name', { ...ROW, model: 7 }],
  ])('are left out where %s', (_, row) => {
    expect(of(row)).toEqual([]);
  });

  it.each([[null], ['report'], [{}], [{ services: 'none' }]])('of %j are none', (report) => {
    expect(latenciesOfReport(report, 'h-1')).toEqual([]);
  });
});
