import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastGpus } from '../../domain/ceiling.ts';
import { SERVICE_DEFAULTS, type ServiceFigures } from '../../domain/service.ts';
import { acts, scene } from './budget-scenes.ts';
import { BudgetWorld } from './budget-world.ts';
import { SimulatedNight } from './simulated-night.ts';
import type { Scene } from './world-acts.ts';

const STEP_MS = 20_000;
const JOB_MS = 15_000;
const JOBS_EACH = 8;
/** Old leases, deadlines and windows, the slowest work there is, and a window for each service that waits for its turn. */
const STEPS = 4_000_000 / STEP_MS;

/** From now on nothing goes wrong: everybody reports on time, does its work, and goes. @returns who is not done. */
function calm(world: BudgetWorld): string[] {
  const left = new Map(world.strands.map(({ name }) => [name, JOBS_EACH]));
  for (let step = 0; step < STEPS && left.size > 0; step += 1) {
    world.strands.forEach((strand, who) => {
      const jobs = left.get(strand.name);
      if (jobs === undefined) return;
      if (step === 0 || strand.attempt === null) world.act({ do: 'take over', who });
      const running = strand.jobs.filter(({ ends, doubtful }) => ends > world.now && !doubtful).length;
      const want = { jobs: jobs + running, http: 4 };
      world.act({ do: 'report', who, want, limit: null, jobMs: JOB_MS, ttlMs: 60_000, fate: 'answered' });
      const before = strand.jobs.length;
      if (jobs > 0) world.act({ do: 'submit', who, jobs, runsMs: JOB_MS, doubtful: false });
      left.set(strand.name, jobs - (strand.jobs.length - before));
      if (want.jobs > 0) return;
      world.act({ do: 'release', who });
      left.delete(strand.name);
    });
    world.act({ do: 'pass', ms: STEP_MS });
  }
  return [...left.keys()];
}

const possible = ({ gpus, services }: Scene): boolean => Object.values(services).every((one) => leastGpus(one) <= gpus);

describe('once nothing goes wrong any more', () => {
  it('everybody who wants work gets it and is done, whatever was before, with the GPUs within the cap', () => {
    fc.assert(
      fc.property(scene.filter(possible), acts, (of, script) => {
        const world = new BudgetWorld(of);
        for (const one of script) world.act(one);
        expect(calm(world)).toEqual([]);
        expect(world.journal.peakGpus).toBeLessThanOrEqual(of.gpus);
      }),
      { numRuns: 40 },
    );
  });
});

describe('while there is enough work', () => {
  const figures: ServiceFigures = { ...SERVICE_DEFAULTS, inputsPerContainer: 16 };

  it.each([1, 2, 4, 8])('GPUs are full with %d holders of each of two services', (holders) => {
    const each = Math.round((3_600 * 16) / 6 / holders);
    const work = ['caption', 'vqa'].flatMap((service) =>
      Array.from({ length: holders }, (_, n) => ({ name: `${service}/${n}`, service, jobs: each, jobMs: 6_000 })),
    );
    const night = new SimulatedNight({ gpus: 2, services: { caption: figures, vqa: figures }, work }).run();
    const utilisation = night.jobSeconds / (2 * 16 * night.makespanSeconds);
    expect(utilisation).toBeGreaterThan(0.95);
    expect(night.journal.peakGpus).toBe(2);
  });

  it.each([1, 3])('both GPUs are full with one service that %d holders use', (holders) => {
    const each = Math.round((2 * 3_600 * 16) / 6 / holders);
    const work = Array.from({ length: holders }, (_, n) => ({
      name: `caption/${n}`,
      service: 'caption',
      jobs: each,
      jobMs: 6_000,
    }));
    const night = new SimulatedNight({ gpus: 2, services: { caption: figures }, work }).run();
    const withoutWait = night.makespanSeconds - 330 / 2;
    expect(night.jobSeconds / (2 * 16 * withoutWait)).toBeGreaterThan(0.95);
    expect(night.journal.peakGpus).toBe(2);
  });
});
