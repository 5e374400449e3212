import { describe, expect, it } from 'vitest';
import { pastLatency, type RunLatency } from '../../domain/past-latency.ts';

function run(meanMs: number, jobs = 1_000, attempts = 1): RunLatency {
  return { runId: `run-${meanMs}`, service: 'caption', model: 'qwen', jobs, meanMs, medianMs: null, attempts };
}

describe('what earlier runs tell of a service', () => {
  it('is nothing where no run asked it', () => {
    expect(pastLatency([])).toBeNull();
    expect(pastLatency([run(6_000, 0)])).toBeNull();
  });

  it('is their mean by jobs, and the range between them', () => {
    const past = pastLatency([run(6_000, 3_000), run(10_000, 1_000)]);
    expect(past).toMatchObject({ runs: 2, jobs: 4_000, latencyMs: { low: 6_000, likely: 7_000, high: 10_000 } });
  });

  it('leaves a range where they agree, a wider one where there is only one', () => {
    expect(pastLatency([run(4_000), run(4_000)])?.latencyMs).toEqual({ low: 3_600, likely: 4_000, high: 4_400 });
    expect(pastLatency([run(4_000)])?.latencyMs).toEqual({ low: 3_000, likely: 4_000, high: 5_000 });
  });

  it('does not let a run of a few jobs widen the range', () => {
    const range = pastLatency([run(4_000, 100_000), run(4_000, 100_000), run(180_000, 3)])?.latencyMs;
    expect(range?.high).toBeLessThan(4_500);
  });

  it('does not take the boot of the first container for the time of a job, where a run had few', () => {
    const cold = { ...run(5_100, 129), medianMs: 1_470 };
    const { low, likely, high } = pastLatency([cold])?.latencyMs ?? { low: 0, likely: 0, high: 0 };
    expect(likely).toBeCloseTo(1_911);
    expect(low).toBeLessThan(likely);
    expect(high).toBe(5_100);
    expect(pastLatency([{ ...cold, jobs: 50_000 }])?.latencyMs.likely).toBe(5_100);
  });

  it('says how many jobs a task took, too', () => {
    expect(pastLatency([run(1, 300, 1), run(1, 100, 1.4)])?.attempts).toEqual({ low: 1, likely: 1.1, high: 1.4 });
  });
});
