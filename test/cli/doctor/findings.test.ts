import { describe, expect, it } from 'vitest';
import { findingLines } from '../../../cli/doctor.ts';
import { examined, failed, ok, warning, worst } from '../../../cli/doctor/finding.ts';
import { knownServices, nodeFinding, settingsFinding, sharpFinding } from '../../../cli/doctor/machine.ts';
import { budgetFinding, frontEndFinding, openFinding } from '../../../cli/doctor/services.ts';
import { PLAIN } from '../../../cli/paint.ts';
import { Failure } from '../../../domain/failure.ts';
import { SERVICE_DEFAULTS, type Service } from '../../../domain/service.ts';

const SERVICE: Service = {
  ...SERVICE_DEFAULTS,
  name: 'caption',
  api: 'qwen-vl',
  baseUrl: 'https://caption.example.com',
  model: 'm',
  headers: {},
  insecure: false,
  assumed: [],
};

describe('the doctor ends with the worst it found', () => {
  it.each([
    [[ok('a', 'fine')], 0],
    [[ok('a', 'fine'), warning('b', 'hm', 'do')], 0],
    [[failed('a', { message: 'm', fix: 'f', exit_code: 2 }), failed('b', { message: 'm', fix: 'f', exit_code: 4 })], 4],
  ])('%#', (findings, exitCode) => {
    expect(worst(findings)).toBe(exitCode);
  });

  it('what a check throws is its finding, with what to do', async () => {
    const found = await examined('temporal', 'Start one.', () => Promise.reject(new Failure('Unreachable', 'Nobody answers.')));
    expect(found).toEqual({ check: 'temporal', outcome: 'failed', message: 'Nobody answers.', fix: 'Start one.', exit_code: 4 });
    expect(findingLines(found, PLAIN)).toEqual([
      'failed   temporal           Nobody answers.',
      '                            fix: Start one.',
    ]);
  });
});

describe('this machine', () => {
  it.each([
    ['20.20.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.19.9', 'failed'],
    ['18.20.0', 'failed'],
  ])('Node %s is %s', (version, outcome) => {
    expect(nodeFinding(version).outcome).toBe(outcome);
  });

  it('sharp loads', () => {
    expect(sharpFinding().outcome).toBe('ok');
  });

  it('variables that nobody knows are found', () => {
    expect(settingsFinding({ TILESCRIBE_GPU: '1' })).toMatchObject({ outcome: 'failed', exit_code: 2 });
    expect(settingsFinding({}).outcome).toBe('ok');
  });

  it('services that are not configured are a warning, wrong ones a failure', () => {
    expect(knownServices({}).finding.outcome).toBe('warning');
    expect(knownServices({ CAPTION_BASE_URL: 'nonsense' }).finding).toMatchObject({ outcome: 'failed', exit_code: 2 });
    expect(knownServices({ CAPTION_BASE_URL: 'https://x.example.com' }).configuration?.services).toHaveLength(1);
  });
});

describe('a service without headers', () => {
  it('is open to anybody where it is not on this machine', () => {
    expect(openFinding(SERVICE)[0]?.message).toContain('anybody who knows https://caption.example.com can submit');
  });

  it('is nobody else’s business on this machine, nor where a header protects it', () => {
    expect(openFinding({ ...SERVICE, baseUrl: 'http://127.0.0.1:8000' })).toEqual([]);
    expect(openFinding({ ...SERVICE, headers: { 'Modal-Key': 'env:KEY' } })).toEqual([]);
  });
});

describe('the GPUs of the services', () => {
  const two = (more: Partial<Service>) => [SERVICE, { ...SERVICE, name: 'vqa', ...more }];

  it('suffice for all together, or they take turns', () => {
    expect(budgetFinding({ gpus: 2, services: two({}) })).toMatchObject({
      outcome: 'ok',
      message: 'The services fit into 2 GPUs.',
    });
    expect(budgetFinding({ gpus: 2, services: two({ gpusPerContainer: 2 }) })).toMatchObject({
      outcome: 'ok',
      message: 'Each service fits into 2 GPUs, all of them need 3: they take turns.',
    });
  });

  it('are too few for a service that does not fit alone', () => {
    const found = budgetFinding({ gpus: 1, services: two({ gpusPerContainer: 2 }) });
    expect(found).toMatchObject({
      outcome: 'failed',
      exit_code: 2,
      message: expect.stringContaining('Service vqa needs 2 GPUs'),
    });
  });

  it('are not for a front end, which is a warning', () => {
    expect(frontEndFinding(SERVICE)).toEqual([]);
    expect(frontEndFinding({ ...SERVICE, httpHoldsGpu: true })).toMatchObject([
      { check: 'front end caption', outcome: 'warning' },
    ]);
  });
});
