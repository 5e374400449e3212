import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gpusHeld,
  held,
  httpPool,
  jobPool,
  need,
  orphanSeconds,
  peakGpus,
  type Pool,
  type Sample,
  type Traffic,
} from '../../domain/gpu.ts';
import { SERVICE_DEFAULTS } from '../../domain/service.ts';

const pool = (figures: Partial<Pool> = {}): Pool => ({ ...jobPool(SERVICE_DEFAULTS), ...figures });
const at = (atSeconds: number, inputs: number): Sample => ({ atSeconds, inputs });
const traffic = (of: Pool, ...samples: Sample[]): Traffic => ({ pool: of, samples });

const TEN = pool({ inputsPerContainer: 10 });
const SIXTEEN = pool({ inputsPerContainer: 16 });
const ONE = pool();
const ONE_LIMITED = pool({ inputsPerContainer: 10, maxContainers: 1 });
/** A front end that holds a GPU and admits 10 inputs. */
const FRONT = httpPool({ ...SERVICE_DEFAULTS, httpHoldsGpu: true, httpInputs: 10 }) ?? TEN;

/** The table of the GPU arithmetic. */
const CASES: readonly (readonly [string, Traffic[], number])[] = [
  ['c = 10: 10 + 10', [traffic(TEN, at(0, 10)), traffic(TEN, at(0, 10))], 2],
  ['c = 10: 11 + 1', [traffic(TEN, at(0, 11)), traffic(TEN, at(0, 1))], 3],
  ['c = 10: 20 + 0', [traffic(TEN, at(0, 20)), traffic(TEN, at(0, 0))], 2],
  ['c = 10: captions 20 until 60 s, VQA 1 at 359 s', [traffic(TEN, at(0, 20), at(60, 0)), traffic(TEN, at(359, 1))], 3],
  ['c = 10: captions 20 until 60 s, VQA 1 at 361 s', [traffic(TEN, at(0, 20), at(60, 0)), traffic(TEN, at(361, 1))], 2],
  [
    'c = 16: 16 + 16 with one second at 17',
    [traffic(SIXTEEN, at(0, 16), at(9, 17), at(10, 16)), traffic(SIXTEEN, at(200, 16))],
    3,
  ],
  ['c = 1 and a front end on a GPU: 1 caption job', [traffic(ONE, at(0, 1)), traffic(FRONT, at(0, 1))], 2],
  ['c = 1 and a front end on a GPU: 2 caption jobs', [traffic(ONE, at(0, 2)), traffic(FRONT, at(0, 2))], 3],
  [
    'c = 1 and a front end on a GPU: 1 + 1',
    [traffic(ONE, at(0, 1)), traffic(FRONT, at(0, 1)), traffic(ONE, at(0, 1)), traffic(FRONT, at(0, 1))],
    4,
  ],
  [
    'the same: health of both at 0 s, one job at 200 s',
    [traffic(FRONT, at(0, 1), at(1, 0), at(200, 1)), traffic(FRONT, at(0, 1), at(1, 0)), traffic(ONE, at(200, 1))],
    3,
  ],
  [
    'no jobs, 11 status requests at once on one front end, 1 on the other',
    [traffic(FRONT, at(0, 11)), traffic(FRONT, at(0, 1))],
    3,
  ],
  ['maxContainers = 1 on both, 500 + 500', [traffic(ONE_LIMITED, at(0, 500)), traffic(ONE_LIMITED, at(0, 500))], 2],
];

describe('GPUs held at the most', () => {
  it.each(CASES)('%s', (_case, all, gpus) => {
    expect(peakGpus(all)).toBe(gpus);
  });

  it('are what holding says at one of the samples', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 40 })), { maxLength: 30 });
    const some = steps.map((pairs) => {
      let clock = 0;
      return pairs.map(([wait, inputs]) => at((clock += wait), inputs));
    });
    const figures = fc.record({
      inputsPerContainer: fc.integer({ min: 1, max: 9 }),
      gpusPerContainer: fc.integer({ min: 1, max: 2 }),
      maxContainers: fc.option(fc.integer({ min: 1, max: 3 })),
      scaledownSeconds: fc.integer({ min: 0, max: 100 }),
    });
    const one = fc.record({ pool: figures, samples: some });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 3 }), (all) => {
        const moments = all.flatMap(({ samples }) => samples.map(({ atSeconds }) => atSeconds));
        expect(peakGpus(all)).toBe(Math.max(0, ...moments.map((moment) => gpusHeld(all, moment))));
      }),
    );
  });

  it('of a journal of 200,000 samples are found in one pass', () => {
    const samples = Array.from({ length: 200_000 }, (_, n) => at(n, n % 16));
    expect(peakGpus([traffic(SIXTEEN, ...samples.slice(0, 1000)), { pool: SIXTEEN, samples }])).toBe(2);
  });
});

describe('containers', () => {
  it('are needed one for each full or begun lot of inputs, up to the limit', () => {
    expect([0, 1, 10, 11, 20, 21].map((inputs) => need(inputs, TEN))).toEqual([0, 1, 1, 2, 2, 3]);
    expect(need(500, ONE_LIMITED)).toBe(1);
  });

  it('are held for the scaledown window after they were needed, and not before', () => {
    const busy = traffic(TEN, at(100, 20), at(160, 0));
    expect([99, 100, 160, 460, 461].map((moment) => held(busy, moment))).toEqual([0, 2, 2, 2, 0]);
  });

  it('of a front end without a GPU do not count', () => {
    expect(httpPool(SERVICE_DEFAULTS)).toBeNull();
  });
});

describe('the deadline of a job', () => {
  it('is 2,195 s with the defaults', () => {
    expect(orphanSeconds(SERVICE_DEFAULTS, 1, 1)).toBe(2195);
  });

  it('allows one more time limit for each round of jobs that queue', () => {
    const figures = { ...SERVICE_DEFAULTS, inputsPerContainer: 16 };
    expect(orphanSeconds(figures, 16, 1)).toBe(2195);
    expect(orphanSeconds(figures, 24, 1)).toBe(2795);
    expect(orphanSeconds(figures, 48, 2)).toBe(2795);
  });
});
