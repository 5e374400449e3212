import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deal, verdict } from '../../domain/deal.ts';
import { httpPool, jobPool, peakGpus, type Pool, type Sample, type Traffic } from '../../domain/gpu.ts';
import { SERVICE_DEFAULTS, type Configuration, type Service } from '../../domain/service.ts';

function service(name: string, figures: Partial<Service> = {}): Service {
  const fixed = {
    api: 'qwen-vl' as const,
    baseUrl: 'https://a.example.org',
    model: 'm',
    headers: {},
    insecure: false,
    assumed: [],
  };
  return { ...SERVICE_DEFAULTS, ...fixed, name, ...figures };
}
const configuration = (gpus: number, ...services: Service[]): Configuration => ({ gpus, services });

describe('the deal', () => {
  it('gives one container to each service in the order of the file', () => {
    const dealt = deal(configuration(2, service('caption', { inputsPerContainer: 16 }), service('vqa')));
    expect([...dealt]).toEqual([
      ['caption', { gpus: 1, containers: 1, ceiling: { jobs: 16, http: 8 } }],
      ['vqa', { gpus: 1, containers: 1, ceiling: { jobs: 1, http: 8 } }],
    ]);
  });

  it('lets jobs queue only where the platform itself cannot start another container', () => {
    const jobs = (maxContainers: number | null): number | undefined =>
      deal(configuration(2, service('caption', { inputsPerContainer: 16, maxContainers }))).get('caption')?.ceiling.jobs;
    expect([jobs(null), jobs(1), jobs(2)]).toEqual([16, 24, 16]);
  });

  it('counts the front end where that holds a GPU', () => {
    const dealt = deal(
      configuration(3, service('caption', { httpHoldsGpu: true }), service('vqa', { httpHoldsGpu: true }), service('ocr')),
    );
    expect([...dealt].map(([name, { gpus }]) => [name, gpus])).toEqual([
      ['caption', 2],
      ['ocr', 1],
    ]);
  });

  it('never lets the platform hold more GPUs than the cap, whatever the traffic within the ceilings', () => {
    const figures = fc.record({
      gpusPerContainer: fc.integer({ min: 1, max: 3 }),
      inputsPerContainer: fc.integer({ min: 1, max: 20 }),
      maxContainers: fc.option(fc.integer({ min: 1, max: 3 })),
      scaledownSeconds: fc.integer({ min: 0, max: 400 }),
      httpInputs: fc.integer({ min: 1, max: 20 }),
      httpHoldsGpu: fc.boolean(),
    });
    const any = fc.record({ gpus: fc.integer({ min: 1, max: 8 }), services: fc.array(figures, { minLength: 1, maxLength: 4 }) });
    const shares = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(any, fc.array(shares, { minLength: 8, maxLength: 8 }), ({ gpus, services }, flows) => {
        const all = services.map((one, n) => service(`s${n}`, one));
        const dealt = deal({ gpus, services: all });
        const along = (pool: Pool | null, ceiling: number, flow: number): Traffic[] => {
          let clock = 0;
          const samples: Sample[] = (flows[flow] ?? []).map(([wait, share]) => ({
            atSeconds: (clock += wait),
            inputs: Math.ceil(share * ceiling),
          }));
          return pool === null ? [] : [{ pool, samples }];
        };
        const traffic = all.flatMap((one, n) => {
          const ceiling = dealt.get(one.name)?.ceiling ?? { jobs: 0, http: 0 };
          return [...along(jobPool(one), ceiling.jobs, 2 * n), ...along(httpPool(one), ceiling.http, 2 * n + 1)];
        });
        expect(peakGpus(traffic)).toBeLessThanOrEqual(gpus);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the verdict', () => {
  it('is that two services of one GPU each fit two GPUs', () => {
    expect(verdict(configuration(2, service('caption'), service('vqa')))).toEqual({ ok: true });
  });

  it('refuses a service that alone is too much, with the sum', () => {
    expect(verdict(configuration(1, service('caption', { httpHoldsGpu: true })))).toEqual({
      ok: false,
      services: ['caption'],
      refused:
        'Service caption needs 1 GPU for one container of jobs + 1 GPU for the HTTP front end = 2 GPUs, and the cap is 1 GPU. Raise the cap (TILESCRIBE_GPUS), or run it on fewer.',
    });
  });

  it('refuses a service that is left without a GPU, with who has them', () => {
    const three = configuration(2, service('caption'), service('vqa'), service('ocr'));
    expect(verdict(three)).toMatchObject({
      ok: false,
      services: ['ocr'],
      refused:
        'Service ocr needs 1 GPU for one container of jobs, and of 2 GPUs too few are left: caption 1, vqa 1. Remove a service that is not in use from the configuration, or put this one first in the services file.',
    });
    expect(verdict(three, ['caption'])).toEqual({ ok: true });
  });
});
