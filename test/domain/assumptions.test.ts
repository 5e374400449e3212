import { describe, expect, it } from 'vitest';
import { assumptions } from '../../domain/assumptions.ts';
import { spokenDuration } from '../../domain/duration.ts';
import { readConfiguration } from '../../schema/configuration.ts';

const ENVIRONMENT = { CAPTION_BASE_URL: 'https://c.example.org', VQA_BASE_URL: 'https://v.example.org' };
const SURE = {
  gpusPerContainer: 1,
  inputsPerContainer: 16,
  maxContainers: 1,
  scaledownSeconds: 60,
  timeoutSeconds: 60,
  coldStartSeconds: 9,
  httpInputs: 8,
  httpHoldsGpu: false,
  requestSeconds: 30,
};

function told(file: unknown, jobsByService?: Record<string, number>): string[] {
  const configuration = readConfiguration({ ...ENVIRONMENT, TILESCRIBE_SERVICES: 'f' }, () => JSON.stringify(file));
  return assumptions(configuration, jobsByService === undefined ? undefined : { jobsByService });
}

describe('what is assumed', () => {
  it('is told of each service with what it means for this run and how to find the true figure', () => {
    expect(told({}, { caption: 1000 })).toEqual([
      'caption: at most 1 job in flight on 1 GPU, 2 on 2 while every other service is idle; 1,000 jobs if all are asked: about 1 h 40 min (estimate at 6 s a job, 1 at once). Assumed: gpusPerContainer 1, inputsPerContainer 1, maxContainers none, scaledownSeconds 300, timeoutSeconds 600, coldStartSeconds 180, httpInputs 8, httpHoldsGpu false, requestSeconds 180.',
      "caption may admit more than one input at once: look for @modal.concurrent(max_inputs=…) in the code or on the platform's page, and set inputsPerContainer in the file that TILESCRIBE_SERVICES names.",
      'Nothing at the platform limits caption: max_containers=1 and max_inputs=S+k (S jobs run at once, a few more wait) on the job function let no mistake start a third GPU; then set maxContainers, too.',
    ]);
  });

  it('is one line where everything was set and nothing could be better', () => {
    expect(told({ services: { vqa: SURE } }, { vqa: 16_000 })).toEqual([
      'vqa: at most 24 jobs in flight on 1 GPU; 16,000 jobs if all are asked: about 16 min 40 s (estimate at 1 s a job, 16 at once).',
    ]);
  });

  it('is what a service may use alone, too, as far as the cap and its own limit go', () => {
    const [caption] = told(
      { gpus: 5, services: { caption: { ...SURE, gpusPerContainer: 2, maxContainers: 3 } } },
      { caption: 32 },
    );
    expect(caption).toBe(
      'caption: at most 16 jobs in flight on 2 GPUs, 32 on 4 while every other service is idle; 32 jobs if all are asked: about 12 s (estimate at 6 s a job, 16 at once).',
    );
  });

  it('names services that fit alone but not together: they take turns', () => {
    const lines = told({ gpus: 1, services: { caption: SURE, vqa: SURE } }, { caption: 1, vqa: 1 });
    expect(lines[2]).toBe(
      'caption, vqa need 2 GPUs together, and the cap is 1: they take turns, one idle for a scaledown window before the next begins.',
    );
    expect(lines).toHaveLength(3);
  });

  it('asks to take the GPU off a front end that holds one', () => {
    expect(told({ services: { caption: { ...SURE, httpHoldsGpu: true } } }, { caption: 1 })).toEqual([
      'caption: at most 24 jobs in flight on 2 GPUs; 1 job if all are asked: about 6 s (estimate at 6 s a job, 16 at once).',
      'The HTTP front end of caption holds a GPU that does no job: take it off that function at the platform, and set httpHoldsGpu false.',
    ]);
  });

  it('is never more than a line for a service, one of turns and three of advice', () => {
    const holding = { httpHoldsGpu: true };
    const lines = told({ services: { caption: holding, vqa: holding } });
    expect(lines).toHaveLength(6);
    expect(lines[3]).toMatch(/^caption, vqa may admit more than one input at once/u);
  });

  it('leaves out a service that is refused', () => {
    expect(told({ gpus: 1, services: { caption: { gpusPerContainer: 2 }, vqa: SURE } })).toEqual([
      'vqa: at most 24 jobs in flight on 1 GPU.',
    ]);
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
