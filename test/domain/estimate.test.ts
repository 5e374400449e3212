import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastGpus } from '../../domain/ceiling.ts';
import { estimate, type Estimate } from '../../domain/estimate.ts';
import type { PastLatency } from '../../domain/past-latency.ts';
import { SERVICE_DEFAULTS, type Service, type ServiceFigures } from '../../domain/service.ts';
import type { Span } from '../../domain/span.ts';

const NOW = Date.parse('2026-01-02T03:00:00.000Z');
const ONCE: Span = { low: 1, likely: 1, high: 1 };

function service(name: string, figures: Partial<ServiceFigures> = {}): Service {
  const [api, baseUrl, model] = ['qwen-vl', `http://${name}.test`, `qwen-${name}`] as const;
  return { name, api, baseUrl, model, headers: {}, insecure: false, assumed: [], ...SERVICE_DEFAULTS, ...figures };
}

const SIXTEEN: Partial<ServiceFigures> = { inputsPerContainer: 16 };
const BOTH = [service('caption', SIXTEEN), service('vqa', SIXTEEN)];
const PAST: PastLatency = {
  service: 'caption',
  model: 'qwen-caption',
  runs: 3,
  jobs: 12_000,
  latencyMs: { low: 5_400, likely: 6_000, high: 7_200 },
  attempts: ONCE,
};

function jobs(caption: number, vqa = 0): { service: string; jobs: number }[] {
  return [
    { service: 'caption', jobs: caption },
    { service: 'vqa', jobs: vqa },
  ];
}

function of(caption: number, vqa: number, { gpus = 2, past = [] as readonly PastLatency[] } = {}): Estimate {
  return estimate(jobs(caption, vqa), { configuration: { gpus, services: BOTH }, past, now: NOW });
}

describe('an estimate', () => {
  it('of nothing owed is nothing, and done now', () => {
    const { services, ...rest } = of(0, 0);
    const nothing = { low: 0, likely: 0, high: 0 };
    const now = '2026-01-02T03:00:00.000Z';
    expect(rest).toEqual({
      gpu_hours: nothing,
      wall_seconds: nothing,
      finish_at: { earliest: now, likely: now, latest: now },
    });
    expect(services.map(({ gpu_seconds }) => gpu_seconds)).toEqual([nothing, nothing]);
  });

  it('rests on what earlier runs measured, and says on how much', () => {
    const [caption] = of(100_000, 0, { past: [PAST] }).services;
    expect(caption).toMatchObject({ basis: 'measured', from_runs: 3, from_jobs: 12_000, latency_ms: PAST.latencyMs });
    // 100,000 jobs of 5.4 s in 16 places, all of them filled.
    expect(caption?.gpu_seconds.low).toBe(33_750);
    expect(caption?.gpu_seconds.likely).toBeCloseTo(100_000 * (6 / 16 / 0.95), 0);
    expect(caption?.gpu_seconds.high).toBe(56_250);
  });

  it('says when it rests on nothing but an assumption: captions 6 s, answers 1 s', () => {
    const { services } = of(100, 100);
    expect(services.map(({ basis, from_runs }) => [basis, from_runs])).toEqual([
      ['assumed', 0],
      ['assumed', 0],
    ]);
    expect(services.map(({ latency_ms }) => latency_ms.likely)).toEqual([6_000, 1_000]);
  });

  it('takes nothing from runs that asked another model', () => {
    const [caption] = of(1, 0, { past: [{ ...PAST, model: 'qwen-caption-2' }] }).services;
    expect(caption?.basis).toBe('assumed');
  });

  it('counts jobs that had to be repeated', () => {
    const attempts = { low: 1, likely: 1.5, high: 2 };
    const [once, repeated] = [PAST, { ...PAST, attempts }].map((past) => of(10_000, 0, { past: [past] }).services[0]);
    expect(repeated?.gpu_seconds.likely).toBeCloseTo(1.5 * (once?.gpu_seconds.likely ?? 0), 0);
    expect(repeated?.gpu_seconds.low).toBe(once?.gpu_seconds.low);
  });

  it('counts on jobs that wait at the service where the platform itself sets the limit', () => {
    const limited = [service('caption', { ...SIXTEEN, maxContainers: 1 })];
    const known = { configuration: { gpus: 2, services: limited }, past: [PAST], now: NOW };
    const [caption] = estimate([{ service: 'caption', jobs: 24_000 }], known).services;
    expect(caption?.gpu_seconds.low).toBe(5_400);
  });

  it('of one job is the time of one job, not of a sixteenth', () => {
    const { wall_seconds, services } = of(1, 0, { past: [PAST] });
    expect(wall_seconds).toEqual({ low: 5, likely: 186, high: 187 });
    expect(services[0]?.gpu_seconds).toEqual({ low: 5.4, likely: 6, high: 7.2 });
  });

  it('says when it will be done, from the first moment to the last', () => {
    const { finish_at, wall_seconds } = of(16_000, 16_000, { past: [PAST] });
    expect(Date.parse(finish_at.earliest) - NOW).toBe(wall_seconds.low * 1_000);
    expect(Date.parse(finish_at.likely) - NOW).toBe(wall_seconds.likely * 1_000);
    expect(Date.parse(finish_at.latest) - NOW).toBe(wall_seconds.high * 1_000);
  });

  it('is refused for a service that nobody configured', () => {
    const known = { configuration: { gpus: 2, services: [] }, past: [], now: NOW };
    expect(() => estimate([{ service: 'caption', jobs: 1 }], known)).toThrow('service caption is not configured');
  });
});

const FIGURES = fc.record({
  gpusPerContainer: fc.integer({ min: 1, max: 2 }),
  inputsPerContainer: fc.integer({ min: 1, max: 32 }),
  maxContainers: fc.option(fc.integer({ min: 1, max: 3 })),
  scaledownSeconds: fc.integer({ min: 0, max: 600 }),
  coldStartSeconds: fc.integer({ min: 0, max: 600 }),
  httpHoldsGpu: fc.boolean(),
});
const NAMES = ['a', 'b', 'c'];
const ANY_WORLD = fc.record({
  figures: fc.array(FIGURES, { minLength: 1, maxLength: NAMES.length }),
  counts: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50_000 })), { minLength: 3, maxLength: 3 }),
  meanMs: fc.integer({ min: 1, max: 60_000 }),
  gpus: fc.integer({ min: 1, max: 8 }),
});
/** A service that does not fit within the cap is refused before there is anything to estimate. */
const WORLD = ANY_WORLD.filter(({ figures, gpus }) => figures.every((one) => leastGpus({ ...SERVICE_DEFAULTS, ...one }) <= gpus));
type World = typeof WORLD extends fc.Arbitrary<infer T> ? T : never;

function estimateOf({ figures, counts, meanMs, gpus }: World): Estimate {
  const services = figures.map((one, at) => service(NAMES[at] ?? '', one));
  const past = services.map(({ name, model }) => {
    const latencyMs = { low: meanMs * 0.8, likely: meanMs, high: meanMs * 1.3 };
    return { service: name, model, runs: 2, jobs: 100, latencyMs, attempts: { low: 1, likely: 1.1, high: 1.2 } };
  });
  const workloads = services.map(({ name }, at) => ({ service: name, jobs: counts[at] ?? 0 }));
  return estimate(workloads, { configuration: { gpus, services }, past, now: NOW });
}

const ENDS = ['low', 'likely', 'high'] as const;
const noLess = (more: Span, less: Span): void => {
  for (const end of ENDS) expect(more[end]).toBeGreaterThanOrEqual(less[end]);
};

describe('whatever the services are', () => {
  it('low is no more than likely, and likely no more than high', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const { gpu_hours, wall_seconds, services } = estimateOf(world);
        for (const { low, likely, high } of [gpu_hours, wall_seconds, ...services.map(({ gpu_seconds }) => gpu_seconds)]) {
          expect(low).toBeLessThanOrEqual(likely);
          expect(likely).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it('more jobs never cost less and never take less time', () => {
    const more = fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 50_000 }));
    fc.assert(
      fc.property(WORLD, more, (world, [which, added]) => {
        const counts = world.counts.map((count, at) => (at === which ? count + added : count));
        const [before, after] = [estimateOf(world), estimateOf({ ...world, counts })];
        noLess(after.gpu_hours, before.gpu_hours);
        noLess(after.wall_seconds, before.wall_seconds);
      }),
    );
  });

  it('more GPUs are never slower', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const { wall_seconds: few } = estimateOf(world);
        const { wall_seconds: many } = estimateOf({ ...world, gpus: world.gpus + 1 });
        noLess(few, many);
      }),
    );
  });

  it('a service without jobs changes nothing', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const without = { ...world, figures: world.figures.slice(0, 1) };
        const idle = { ...world, counts: [world.counts[0] ?? 0, 0, 0] };
        const [{ gpu_hours, wall_seconds }, alone] = [estimateOf(idle), estimateOf(without)];
        expect({ gpu_hours, wall_seconds }).toEqual({ gpu_hours: alone.gpu_hours, wall_seconds: alone.wall_seconds });
      }),
    );
  });
});
