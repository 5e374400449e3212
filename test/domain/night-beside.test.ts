import { describe, expect, it } from 'vitest';
import { SERVICE_DEFAULTS, type ServiceFigures } from '../../domain/service.ts';
import type { Priority } from '../../domain/spec.ts';
import type { NightWork } from './night-holder.ts';
import { SimulatedNight } from './simulated-night.ts';

const FIGURES: ServiceFigures = { ...SERVICE_DEFAULTS, inputsPerContainer: 16 };
const SERVICES = { caption: FIGURES, vqa: FIGURES };
const JOB_MS = 6_000;
const HOUR_S = 3_600;

/** So many strands on both services, with work for so long on their GPUs. */
function strands(name: string, of: { priority: Priority; each: number; seconds: number; comesAtMs?: number }): NightWork[] {
  const { priority, each, seconds, comesAtMs = 0 } = of;
  const jobs = Math.round((seconds * 16 * 1_000) / JOB_MS / each);
  return Object.keys(SERVICES).flatMap((service) =>
    Array.from({ length: each }, (_, n) => ({
      name: `${name}/${service}/${n}`,
      service,
      jobs,
      jobMs: JOB_MS,
      priority,
      comesAtMs,
    })),
  );
}

const night = (comesAtMs = 0): NightWork[] => strands('night', { priority: 'nightly', each: 2, seconds: 2 * HOUR_S, comesAtMs });
const run = (work: readonly NightWork[]): SimulatedNight => new SimulatedNight({ gpus: 2, services: SERVICES, work }).run();

/** When a strand first had places, and when its last job ended, s after it came. */
function timesOf(simulated: SimulatedNight, name: string): { firstPlace: number; end: number } {
  const own = simulated.holders.filter(({ work }) => work.name.startsWith(name));
  const came = (own[0]?.work.comesAtMs ?? 0) + simulated.startMs;
  const firsts = own.map(({ granted }) => granted.find(({ jobs }) => jobs > 0)?.atMs ?? Infinity);
  return {
    firstPlace: (Math.max(...firsts) - came) / 1_000,
    end: (Math.max(...own.map(({ lastEndMs }) => lastEndMs)) - came) / 1_000,
  };
}

describe('a night', () => {
  const alone = timesOf(run(night()), 'night/').end;

  it.each([1, 4, 8])('takes no longer with %d strands of a backfill on each service, which were there before', (each) => {
    const comesAtMs = 600_000;
    const beside = run([...strands('backfill', { priority: 'backfill', each, seconds: HOUR_S }), ...night(comesAtMs)]);
    const { firstPlace, end } = timesOf(beside, 'night/');
    expect(firstPlace).toBeLessThan(15);
    expect(end).toBeLessThan(1.01 * alone);
    expect(beside.journal.peakGpus).toBe(2);
    const all = (3 * HOUR_S * 2 * 16) / (2 * 16 * beside.makespanSeconds);
    expect(all).toBeGreaterThan(0.95);
  });

  it('lets a person begin within seconds, and has its places back when that is done', () => {
    const person = strands('person', { priority: 'interactive', each: 1, seconds: 20, comesAtMs: 1_800_000 });
    const beside = run([...night(), ...person]);
    expect(timesOf(beside, 'person/').firstPlace).toBeLessThan(12);
    expect(timesOf(beside, 'person/').end).toBeLessThan(60);
    expect(timesOf(beside, 'night/').end).toBeLessThan(alone + 40);
  });
});
