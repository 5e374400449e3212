import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobFigures, quantileOf } from '../../bench/job-figures.ts';
import type { JournalEvent } from '../../local/services/journal.ts';

interface Job {
  readonly id: string;
  readonly service: string;
  readonly submitted: number;
  readonly started: number;
  readonly finished: number;
  readonly polls: number;
}

function eventsOf({ id, service, submitted, started, finished, polls }: Job): JournalEvent[] {
  const at = (at_ms: number, event: JournalEvent['event'], inflight = 1): JournalEvent => ({
    at_ms,
    event,
    service,
    pool: 'jobs',
    call_id: id,
    inflight,
  });
  return [
    at(submitted, 'submit_received'),
    at(submitted, 'accepted'),
    at(started, 'started'),
    at(finished, 'finished', 0),
    ...Array.from({ length: polls }, (_, n) => at(finished + n + 1, 'polled')),
  ];
}

const CAPTION: Job = { id: 'a', service: 'caption', submitted: 1_000, started: 1_000, finished: 3_000, polls: 2 };
const CAPTION_QUEUED: Job = { id: 'b', service: 'caption', submitted: 1_000, started: 3_000, finished: 6_000, polls: 1 };
const ANSWER: Job = { id: 'c', service: 'vqa', submitted: 2_000, started: 2_000, finished: 3_000, polls: 1 };

describe('what a run did with the slots of the services', () => {
  const figures = jobFigures([CAPTION, CAPTION_QUEUED, ANSWER].flatMap(eventsOf), 1);

  it('takes from the first submit anywhere to the last job done anywhere', () => {
    expect(figures.makespan).toBe(5);
    expect(figures.firstSubmitAtMs).toBe(1_000);
    expect(figures.lastDoneAtMs).toBe(6_000);
  });

  it('is compared with the busiest service, whose slots set the pace', () => {
    expect(figures.ideal).toBe(5);
    expect(figures.overIdeal).toBe(1);
  });

  it('is told for each service apart', () => {
    const [caption, vqa] = figures.services;
    expect(caption).toMatchObject({ service: 'caption', jobs: 2, busySeconds: 5, utilisation: 1, pollsPerJob: 1.5 });
    expect(caption?.responseSeconds).toEqual({ p50: 5, p95: 5 });
    expect(vqa).toMatchObject({ service: 'vqa', jobs: 1, busySeconds: 1, utilisation: 1, pollsPerJob: 1 });
  });

  it('does not count the fetching of the last answer, and says how long that took', () => {
    expect(figures.lastAnswerAfter).toBe(0.001);
  });

  it('cannot be told where nothing ran', () => {
    expect(() => jobFigures([], 1)).toThrow('No job of the benchmark was done.');
  });

  it('is never better than the ideal, however the jobs were put on the slots', () => {
    const seconds = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 8 }), (lengths, slots) => {
        const freeAt = Array.from({ length: slots }, () => 0);
        const jobs = lengths.map((length, n): Job => {
          const started = freeAt[n % slots] ?? 0;
          freeAt[n % slots] = started + length;
          return { id: String(n), service: 'caption', submitted: 0, started, finished: started + length, polls: 1 };
        });
        expect(jobFigures(jobs.flatMap(eventsOf), slots).overIdeal).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });
});

describe('a quantile', () => {
  it('is one of the values, and nothing where there are none', () => {
    expect(quantileOf([1, 2, 3, 4], 0.5)).toBe(3);
    expect(quantileOf([1, 2, 3, 4], 1)).toBe(4);
    expect(quantileOf([], 0.5)).toBe(0);
  });
});
