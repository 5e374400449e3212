import { describe, expect, it } from 'vitest';
import type { ServiceFigures } from '../../domain/service.ts';
import { WINDOW_MS } from './lease-reports.ts';
import { Pair } from './service-pair.ts';

const HOUR_MS = 3_600_000;

describe('services that do not fit together', () => {
  const alternating = (figures: Partial<ServiceFigures> = {}, gpus = 1): Pair => {
    const pair = new Pair(figures, gpus).later();
    expect(pair.jobs('caption')).toBe(16);
    expect(pair.ask('vqa')).toMatchObject({ refused: 'waiting', granted: { jobs: 0, http: 0 } });
    return pair;
  };

  it.each([
    ['one GPU for two', {}, 1],
    ['two GPUs for two whose front ends hold one', { httpHoldsGpu: true }, 2],
    ['two GPUs for two whose containers have two', { gpusPerContainer: 2 }, 2],
  ])('take turns: %s', (_case, figures, gpus) => {
    const pair = alternating(figures, gpus);
    pair.desk.pass(50 * 60_000);
    expect(pair.jobs('caption', { inFlight: 16 })).toBe(16);
    expect(pair.ask('vqa').ceiling.why).toContain('waits for its turn');
    pair.leave('caption');
    pair.desk.pass(WINDOW_MS - 1);
    expect(pair.jobs('vqa')).toBe(0);
    pair.desk.pass(1);
    expect(pair.jobs('vqa')).toBe(16);
    expect(pair.jobs('caption')).toBe(0);
  });

  it('do not switch while there is work, until a turn has lasted twelve hours', () => {
    const pair = alternating();
    pair.desk.pass(12 * HOUR_MS - 1);
    expect(pair.ask('caption', { inFlight: 16 })).toMatchObject({ granted: { jobs: 16 } });
    pair.desk.pass(1);
    expect(pair.ask('caption', { inFlight: 16 })).toMatchObject({ granted: { jobs: 0, http: 8 } });
    pair.ask('caption', { inFlight: 0 });
    pair.desk.pass(WINDOW_MS);
    expect(pair.jobs('vqa')).toBe(16);
    expect(pair.jobs('caption')).toBe(0);
  });

  it('switch sooner for work of a higher priority', () => {
    const pair = new Pair({}, 1).later();
    pair.ask('caption', { priority: 'backfill' });
    pair.ask('vqa', { priority: 'interactive' });
    pair.desk.pass(4 * 300_000 - 1);
    expect(pair.jobs('caption', { priority: 'backfill' })).toBe(16);
    pair.desk.pass(1);
    expect(pair.jobs('caption', { priority: 'backfill' })).toBe(0);
  });

  it('do not switch where nobody waits, however long a turn is', () => {
    const pair = new Pair({}, 1).later();
    pair.ask('caption');
    pair.desk.pass(13 * HOUR_MS);
    expect(pair.jobs('caption')).toBe(16);
  });

  it('say to whoever waits when the other is expected to be done', () => {
    const pair = new Pair({ scaledownSeconds: 10 }, 1).later();
    pair.ask('caption', { want: { jobs: 160, http: 8 } });
    expect(pair.ask('vqa').retryAfterMs).toBe(60_000 + 11_000);
  });
});

describe('a front end that holds a GPU', () => {
  it('holds it also without jobs: then there is one container less for others', () => {
    const pair = new Pair({ httpHoldsGpu: true }, 3).later();
    expect(pair.ask('caption', { want: { jobs: 0, http: 3 } }).granted).toEqual({ jobs: 0, http: 3 });
    expect(pair.jobs('vqa')).toBe(16);
    pair.leave('caption');
    pair.desk.pass(WINDOW_MS);
    expect(pair.jobs('vqa')).toBe(32);
  });

  it('is not woken while others hold all GPUs', () => {
    const pair = new Pair({ httpHoldsGpu: true }, 2).later();
    pair.ask('caption');
    expect(pair.ask('vqa', { want: { jobs: 0, http: 1 } })).toMatchObject({ refused: 'waiting', granted: { jobs: 0, http: 0 } });
    pair.leave('caption');
    pair.desk.pass(WINDOW_MS);
    expect(pair.ask('vqa', { want: { jobs: 0, http: 1 } })).toMatchObject({ refused: null, granted: { jobs: 0, http: 1 } });
  });

  it('stays where jobs are to be collected, also when it is the turn of another', () => {
    const pair = new Pair({ httpHoldsGpu: true }, 2).later();
    pair.ask('caption');
    pair.ask('vqa');
    pair.desk.pass(12 * HOUR_MS);
    expect(pair.ask('caption', { inFlight: 16 }).granted).toEqual({ jobs: 0, http: 8 });
    expect(pair.ask('caption', { inFlight: 0 }).granted).toEqual({ jobs: 0, http: 0 });
  });
});
