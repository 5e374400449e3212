import { describe, expect, it } from 'vitest';
import { assumptions } from '../../domain/assumptions.ts';
import { deal } from '../../domain/deal.ts';
import { spokenDuration } from '../../domain/duration.ts';
import { readConfiguration } from '../../schema/configuration.ts';

const ENVIRONMENT = { CAPTION_BASE_URL: 'https://c.example.org', VQA_BASE_URL: 'https://v.example.org' };

function told(file: unknown, jobsByService?: Record<string, number>): string[] {
  const configuration = readConfiguration({ ...ENVIRONMENT, TILESCRIBE_SERVICES: 'f' }, () => JSON.stringify(file));
  return assumptions(configuration.services, deal(configuration), jobsByService === undefined ? undefined : { jobsByService });
}

describe('what is assumed', () => {
  it('is told of each service with what it means for this run and how to find the true figure', () => {
    expect(told({}, { caption: 1000 })).toEqual([
      'caption: at most 1 job in flight on 1 GPU; 1,000 jobs: about 1 h 40 min (estimate at 6 s a job, 1 at once). Assumed: gpusPerContainer 1, inputsPerContainer 1, maxContainers none, scaledownSeconds 300, timeoutSeconds 600, coldStartSeconds 180, httpInputs 8, httpHoldsGpu false, requestSeconds 180.',
      "caption may admit more than one input at once: look for @modal.concurrent(max_inputs=…) in its code or on the platform's page, and set inputsPerContainer in the file that TILESCRIBE_SERVICES names.",
    ]);
  });

  it('is one line where the inputs of a container were set', () => {
    const figures = {
      inputsPerContainer: 16,
      maxContainers: 1,
      gpusPerContainer: 1,
      scaledownSeconds: 60,
      timeoutSeconds: 60,
      coldStartSeconds: 9,
    };
    const all = { ...figures, httpInputs: 8, httpHoldsGpu: false, requestSeconds: 30 };
    expect(told({ services: { vqa: all } }, { vqa: 16_000 })).toEqual([
      'vqa: at most 24 jobs in flight on 1 GPU; 16,000 jobs: about 16 min 40 s (estimate at 1 s a job, 16 at once).',
    ]);
  });

  it('is at most two lines for every service where nobody asks for one', () => {
    expect(told({})).toHaveLength(4);
    expect(told({ gpus: 1 })).toHaveLength(2);
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [42, '42 s'],
    [60, '1 min'],
    [100, '1 min 40 s'],
    [6000, '1 h 40 min'],
    [7199, '2 h'],
    [86_400, '1 day'],
    [280_000, '3 days 6 h'],
  ])('of %d s is %s', (seconds, text) => {
    expect(spokenDuration(seconds)).toBe(text);
  });
});
