import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../local/services/faults.ts';
import { finalOutcome, isCutOff, planJob, workOf, type Job, type Question } from '../../../local/services/jobs.ts';
import { completeOptions } from '../../../local/services/options.ts';

const chat = { model: null, prompt: 'Describe.', picture: { kind: 'none' }, maxTokens: 512, temperature: 0.7 } as const;
const question: Question = { chat, sha256: null, pixels: null, unopenable: null };
const options = completeOptions('caption', {});

const plan = (number: number, seed: string, fault: Fault | null = null): Job =>
  planJob({ number, seed, question, options, fault });
const times = (seed: string): readonly number[] => Array.from({ length: 20 }, (_, n) => plan(n, seed).seconds);

describe('a job', () => {
  it('takes the same time for the same seed and number, under another id', () => {
    expect(times('1/caption')).toEqual(times('1/caption'));
    expect(times('1/caption')).not.toEqual(times('2/caption'));
    expect(plan(1, 'seed').callId).not.toBe(plan(1, 'seed').callId);
  });

  it('is as much slower as the service is, and cut off at its time limit', () => {
    const job = { ...plan(1, 'seed'), seconds: 6 };
    expect(workOf(job, 1, { slowdown: 10, timeoutSeconds: 600 })).toEqual({ ms: 60_000, ends: 'finished' });
    expect(workOf(job, 1, { slowdown: 200, timeoutSeconds: 600 })).toEqual({ ms: 600_000, ends: 'finished' });
    expect(isCutOff(job, { slowdown: 200, timeoutSeconds: 600 })).toBe(true);
    expect(finalOutcome({ ...job, cutOff: true }, 600)).toMatchObject({ kind: 'failed' });
  });

  it('loses its container once where that is its fault, and then takes its whole time', () => {
    const job = { ...plan(1, 'seed', { fault: 'job_preempted' }), seconds: 6 };
    const speed = { slowdown: 1, timeoutSeconds: 600 };
    expect(workOf(job, 1, speed)).toEqual({ ms: 3_000, ends: 'preempted' });
    expect(workOf(job, 2, speed)).toEqual({ ms: 6_000, ends: 'finished' });
  });
});
