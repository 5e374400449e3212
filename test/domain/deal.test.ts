import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deal, verdict } from '../../domain/deal.ts';
import { jobPlaces, leastGpus } from '../../domain/ceiling.ts';
import { gpusHeld, httpPool, jobPool, type Pool, type Traffic } from '../../domain/gpu.ts';
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
  it('gives one container to each service in the order of the file, and says what each may use alone', () => {
    const dealt = deal(configuration(2, service('caption', { inputsPerContainer: 16 }), service('vqa')));
    expect([...dealt]).toEqual([
      ['caption', { gpus: 1, containers: 1, ceiling: { jobs: 16, http: 8 }, alone: 2 }],
      ['vqa', { gpus: 1, containers: 1, ceiling: { jobs: 1, http: 8 }, alone: 2 }],
    ]);
  });

  it('lets jobs queue only where the platform itself cannot start another container', () => {
    const jobs = (maxContainers: number | null): number | undefined =>
      deal(configuration(2, service('caption', { inputsPerContainer: 16, maxContainers }))).get('caption')?.ceiling.jobs;
    expect([jobs(null), jobs(1), jobs(2)]).toEqual([16, 24, 16]);
  });

  it('counts the front end where that holds a GPU', () => {
    const holding = { httpHoldsGpu: true };
    const dealt = deal(configuration(3, service('caption', holding), service('vqa', holding), service('ocr')));
    expect([...dealt].map(([name, { gpus, alone }]) => [name, gpus, alone])).toEqual([
      ['caption', 2, 2],
      ['vqa', 2, 2],
      ['ocr', 1, 3],
    ]);
  });

  it('gives alone no more than the limit at the platform', () => {
    const dealt = deal(configuration(4, service('caption', { maxContainers: 1 }), service('vqa', { maxContainers: 3 })));
    expect([...dealt.values()].map(({ alone }) => alone)).toEqual([1, 3]);
  });

  it('never lets a service that is alone hold more GPUs than the cap, at full use of all that it may have', () => {
    const figures = fc.record({
      gpusPerContainer: fc.integer({ min: 1, max: 3 }),
      inputsPerContainer: fc.integer({ min: 1, max: 20 }),
      maxContainers: fc.option(fc.integer({ min: 1, max: 3 })),
      httpInputs: fc.integer({ min: 1, max: 20 }),
      httpHoldsGpu: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), figures, (gpus, one) => {
        const caption = service('caption', one);
        const allotment = deal(configuration(gpus, caption)).get('caption');
        expect(allotment === undefined).toBe(leastGpus(caption) > gpus);
        if (allotment === undefined) return;
        const along = (pool: Pool | null, inputs: number): Traffic[] =>
          pool === null ? [] : [{ pool, samples: [{ atSeconds: 0, inputs }] }];
        const held = (jobs: number): number =>
          gpusHeld([...along(jobPool(caption), jobs), ...along(httpPool(caption), allotment.ceiling.http)], 0);
        expect(held(allotment.ceiling.jobs)).toBe(allotment.gpus);
        expect(held(jobPlaces(caption, allotment.alone))).toBeLessThanOrEqual(gpus);
      }),
    );
  });
});

describe('the verdict', () => {
  it('is that two services of one GPU each fit two GPUs', () => {
    expect(verdict(configuration(2, service('caption'), service('vqa')))).toEqual({ ok: true });
  });

  it('lets services that fit alone but not together take turns', () => {
    expect(verdict(configuration(2, service('caption'), service('vqa'), service('ocr')))).toEqual({ ok: true });
    expect(verdict(configuration(1, service('caption'), service('vqa')))).toEqual({ ok: true });
  });

  it('refuses a service that alone is too much, with the sum', () => {
    expect(verdict(configuration(1, service('caption', { httpHoldsGpu: true })))).toEqual({
      ok: false,
      services: ['caption'],
      refused:
        'Service caption needs 1 GPU for one container of jobs + 1 GPU for the HTTP front end = 2 GPUs, and the cap is 1 GPU. Raise the cap (TILESCRIBE_GPUS), or run it on fewer.',
    });
  });

  it('is about the services that matter', () => {
    const two = configuration(1, service('caption', { gpusPerContainer: 2 }), service('vqa'));
    expect(verdict(two, ['vqa'])).toEqual({ ok: true });
    expect(verdict(two, ['caption', 'vqa'])).toMatchObject({ ok: false, services: ['caption'] });
  });
});
