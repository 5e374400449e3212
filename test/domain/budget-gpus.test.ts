import { describe, expect, it } from 'vitest';
import { configuredAs, WINDOW_MS } from './lease-reports.ts';
import { Pair } from './service-pair.ts';

const HOUR_MS = 3_600_000;

describe('a service alone', () => {
  it('gets the second GPU of a new budget only when any container of before must be gone', () => {
    const pair = new Pair();
    expect(pair.ask('caption')).toMatchObject({ granted: { jobs: 16 } });
    pair.desk.pass(WINDOW_MS - 1);
    expect(pair.jobs('caption')).toBe(16);
    pair.desk.pass(1);
    expect(pair.jobs('caption')).toBe(32);
  });

  it('waits so long for the longest window of all services that workers know', () => {
    const pair = new Pair();
    const configured = { ...configuredAs({}, 2), longestScaledownSeconds: 600 };
    pair.ask('caption', { configured });
    pair.desk.pass(659_999);
    expect(pair.jobs('caption', { configured })).toBe(16);
    pair.desk.pass(1);
    expect(pair.jobs('caption', { configured })).toBe(32);
  });

  it('is told to come back at that moment', () => {
    const pair = new Pair({ scaledownSeconds: 30 });
    expect(pair.ask('caption').retryAfterMs).toBe(33_000);
    expect(pair.ask('caption', { want: { jobs: 16, http: 8 } }).retryAfterMs).toBe(0);
  });

  it('has both GPUs only after the other has been idle for its window and a tenth more', () => {
    const pair = new Pair().later();
    expect([pair.jobs('caption', { jobMs: null }), pair.jobs('vqa', { jobMs: null })]).toEqual([16, 16]);
    pair.desk.pass(HOUR_MS);
    pair.leave('vqa');
    pair.desk.pass(WINDOW_MS - 1);
    expect(pair.jobs('caption')).toBe(16);
    pair.desk.pass(1);
    expect(pair.jobs('caption')).toBe(32);
  });

  it('does not get another GPU for work that is done before a container would have been gone again', () => {
    const pair = new Pair().settled();
    expect(pair.jobs('caption', { want: { jobs: 799, http: 8 } })).toBe(16);
    expect(pair.jobs('caption', { want: { jobs: 801, http: 8 } })).toBe(32);
    expect(pair.jobs('caption', { want: { jobs: 801, http: 8 }, jobMs: null })).toBe(32);
    expect(new Pair().settled().jobs('caption', { want: { jobs: 801, http: 8 }, jobMs: null })).toBe(16);
  });

  it('has one GPU for a moment, since the lanes of a run come one after the other', () => {
    const pair = new Pair().later();
    expect(pair.ask('caption')).toMatchObject({ granted: { jobs: 16 }, retryAfterMs: 10_000 });
    expect(pair.jobs('vqa')).toBe(16);
    expect(new Pair().settled().jobs('caption')).toBe(32);
  });

  it('has one GPU while nobody knows how long its jobs take: another service may be about to begin', () => {
    const pair = new Pair().later();
    expect([pair.jobs('caption', { jobMs: null }), pair.jobs('vqa', { jobMs: null })]).toEqual([16, 16]);
  });

  it('keeps both GPUs to the end of its work, and none that it has no work for', () => {
    const pair = new Pair().settled();
    pair.ask('caption');
    expect(pair.jobs('caption', { want: { jobs: 20, http: 8 }, inFlight: 20 })).toBe(20);
    pair.ask('caption', { want: { jobs: 10, http: 8 }, inFlight: 10, oldestMs: 5_000 });
    pair.desk.pass(6_000);
    pair.ask('caption', { want: { jobs: 5, http: 8 }, inFlight: 5, oldestMs: 5_000 });
    pair.desk.pass(WINDOW_MS);
    expect(pair.jobs('vqa')).toBe(16);
  });

  it('lets jobs queue only where the platform itself starts no further container', () => {
    expect(new Pair({ maxContainers: 1 }).settled().jobs('caption')).toBe(24);
    const two = new Pair({ maxContainers: 2 }).settled();
    expect(two.jobs('caption')).toBe(48);
    expect(new Pair({ maxContainers: 2 }).later().jobs('caption')).toBe(16);
    expect(new Pair({ maxContainers: 3 }).settled().jobs('caption')).toBe(32);
  });

  it('has as many containers as there are GPUs for them', () => {
    expect(new Pair({ gpusPerContainer: 2 }, 5).settled().jobs('caption')).toBe(32);
    expect(new Pair({}, 4).settled().jobs('caption')).toBe(64);
  });
});

describe('a service that has both GPUs', () => {
  const doubled = (): Pair => {
    const pair = new Pair().settled();
    expect(pair.jobs('caption')).toBe(32);
    pair.desk.pass(60_000);
    return pair;
  };

  it('gives one back when work for the other arrives, which has it a window after the last job that may have run there', () => {
    const pair = doubled();
    expect(pair.ask('vqa')).toMatchObject({ refused: 'waiting', granted: { jobs: 0, http: 0 } });
    expect(pair.ask('caption', { inFlight: 32 })).toMatchObject({ granted: { jobs: 16 } });
    pair.desk.pass(6_000);
    expect(pair.ask('caption', { inFlight: 16, oldestMs: 5_000 })).toMatchObject({ granted: { jobs: 16 } });
    pair.desk.pass(6_000);
    pair.ask('caption', { inFlight: 16, oldestMs: 5_000 });
    pair.desk.pass(WINDOW_MS - 1);
    expect(pair.ask('vqa')).toMatchObject({ refused: 'waiting', retryAfterMs: 1_000 });
    pair.desk.pass(1);
    expect(pair.jobs('vqa')).toBe(16);
    expect(pair.ask('caption', { inFlight: 16 })).toMatchObject({ granted: { jobs: 16 } });
  });

  it('is not given to one that only believes, after a crash, to have more in flight than one admits', () => {
    const pair = new Pair().settled();
    pair.ask('vqa');
    pair.leave('vqa');
    expect(pair.jobs('caption', { n: 2, inFlight: 300, oldestMs: 30_000 })).toBe(16);
    pair.desk.pass(WINDOW_MS);
    expect(pair.jobs('caption', { n: 2, inFlight: 16, oldestMs: 5_000 })).toBe(32);
  });

  it('keeps it while what it does not give back still runs', () => {
    const pair = doubled();
    pair.ask('vqa');
    pair.ask('caption', { inFlight: 17 });
    pair.desk.pass(HOUR_MS);
    expect(pair.jobs('vqa')).toBe(0);
    expect(pair.ask('vqa').ceiling.why).toBe(
      '0 x 1 GPU of 2 GPUs x 16 inputs per container; 1 once GPUs are free; caption holds 2',
    );
  });

  it('has it again when the other is done', () => {
    const pair = doubled();
    pair.ask('vqa');
    pair.ask('caption', { inFlight: 16 });
    pair.desk.pass(WINDOW_MS);
    pair.ask('vqa');
    pair.leave('vqa');
    pair.desk.pass(WINDOW_MS);
    expect(pair.jobs('caption')).toBe(32);
  });
});
