import { describe, expect, it } from 'vitest';
import { gpusHeldNow } from '../../domain/budget.ts';
import type { Places } from '../../domain/lease.ts';
import type { ServiceFigures } from '../../domain/service.ts';
import { SETTLED_AFTER_MS } from '../../domain/turns.ts';
import { configuredAs, Desk, WINDOW_MS } from './lease-reports.ts';

const TEN = { inputsPerContainer: 10 };
/** One job a container, and a front end that holds a GPU and admits ten requests. */
const FRONT = { inputsPerContainer: 1, httpHoldsGpu: true, httpInputs: 10 };
const jobs = (count: number): Places => ({ jobs: count, http: 8 });
const requests = (count: number): Places => ({ jobs: 0, http: count });

/** Two GPUs of which nothing has been used for a window. */
class Two {
  readonly desk: Desk;

  constructor(figures: Partial<ServiceFigures>) {
    this.desk = new Desk({ configured: configuredAs(figures, 2), jobMs: 600_000, ttlMs: 9_000_000 });
    this.desk.ask('probe', { service: 'ocr', want: requests(0), ttlMs: 1_000 });
    this.desk.pass(WINDOW_MS + 1);
  }

  asks(service: 'caption' | 'vqa', want: Places, inFlight = 0): Places {
    const { granted } = this.desk.ask(service, { service, want, inFlight });
    expect(gpusHeldNow(this.desk.budget, this.desk.now)).toBeLessThanOrEqual(2);
    return granted;
  }
}

/** @returns what captions have that are alone for long enough. */
function alone(two: Two, want: Places): number {
  two.asks('caption', want);
  two.desk.pass(SETTLED_AFTER_MS);
  return two.asks('caption', want).jobs;
}

/** The table of the GPU arithmetic (gpu.test.ts), asked of the budget. */
describe('of two GPUs the budget grants', () => {
  it('10 and 10 jobs, not 11 and 1, and 20 to one that is alone', () => {
    const both = new Two(TEN);
    expect([both.asks('caption', jobs(10)).jobs, both.asks('vqa', jobs(10)).jobs]).toEqual([10, 10]);
    const uneven = new Two(TEN);
    expect([uneven.asks('vqa', jobs(1)).jobs, uneven.asks('caption', jobs(11)).jobs]).toEqual([1, 10]);
    expect(alone(new Two(TEN), jobs(20))).toBe(20);
  });

  it('no job to the other within the window of the second container, a tenth added', () => {
    const two = new Two(TEN);
    expect(alone(two, jobs(20))).toBe(20);
    two.desk.pass(60_000);
    two.asks('caption', jobs(0));
    two.desk.pass(299_000);
    expect(two.asks('vqa', jobs(1)).jobs).toBe(0);
    two.desk.pass(31_000);
    expect(two.asks('vqa', jobs(1)).jobs).toBe(1);
  });

  it('16 and 16, and not one of them 17 for a second', () => {
    const two = new Two({});
    two.asks('vqa', jobs(16));
    expect(two.asks('caption', jobs(16)).jobs).toBe(16);
    expect(two.asks('caption', jobs(17), 16).jobs).toBe(16);
  });

  it('one job of one service where a container runs one and the front end holds a GPU', () => {
    const two = new Two(FRONT);
    expect(two.asks('caption', jobs(2))).toEqual({ jobs: 1, http: 8 });
    expect(two.asks('vqa', jobs(1))).toEqual({ jobs: 0, http: 0 });
    expect(two.asks('vqa', requests(1))).toEqual({ jobs: 0, http: 0 });
  });

  it('a health check of both, and then no job before the window of one is over', () => {
    const two = new Two(FRONT);
    expect([two.asks('caption', requests(1)).http, two.asks('vqa', requests(1)).http]).toEqual([1, 1]);
    two.desk.leave('caption', { service: 'caption' });
    two.desk.leave('vqa', { service: 'vqa' });
    two.desk.pass(200_000);
    expect(two.asks('caption', jobs(1))).toEqual({ jobs: 0, http: 0 });
    two.desk.pass(130_000);
    expect(two.asks('caption', jobs(1))).toEqual({ jobs: 1, http: 8 });
  });

  it('ten requests at once to a front end that admits ten, not eleven', () => {
    const two = new Two(FRONT);
    expect([two.asks('caption', requests(11)).http, two.asks('vqa', requests(1)).http]).toEqual([10, 1]);
  });

  it('jobs that queue to both where the platform starts one container each', () => {
    const two = new Two({ ...TEN, maxContainers: 1 });
    expect([two.asks('caption', jobs(500)).jobs, two.asks('vqa', jobs(500)).jobs]).toEqual([18, 18]);
  });
});
