import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pool, type PoolChange, type PoolLimits, type Work } from '../../../local/services/pool.ts';

const LIMITS: PoolLimits = { inputsPerContainer: 10, slots: 4, maxContainers: null, coldStartMs: 20_000, scaledownMs: 300_000 };

interface Watched {
  readonly pool: Pool;
  readonly changes: PoolChange[];
  submit(count: number, atMs: number, ms?: number | null): void;
}

function watch(limits: Partial<PoolLimits> = {}): Watched {
  const changes: PoolChange[] = [];
  const pool = new Pool({ ...LIMITS, ...limits }, (change) => changes.push(change));
  let last = 0;
  const submit = (count: number, atMs: number, ms: number | null = 6_000): void => {
    const work = (): Work | null => (ms === null ? null : { ms, ends: 'finished' });
    for (let n = 0; n < count; n += 1) pool.submit({ id: `job ${++last}`, work }, atMs);
  };
  return { pool, changes, submit };
}

const times = (changes: readonly PoolChange[], change: PoolChange['change']): readonly number[] =>
  changes.filter((each) => each.change === change).map(({ atMs }) => atMs);

describe('a pool of containers', () => {
  it('is as many as the inputs need, never more than the limit, whatever is submitted at once', () => {
    const inputs = fc.nat(200);
    const limits = fc.record({
      inputsPerContainer: fc.integer({ min: 1, max: 20 }),
      maxContainers: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(inputs, limits, (count, { inputsPerContainer, maxContainers }) => {
        const { pool, submit } = watch({ inputsPerContainer, maxContainers });
        submit(count, 0);
        expect(pool.containers).toBe(Math.min(maxContainers ?? Infinity, Math.ceil(count / inputsPerContainer)));
      }),
    );
  });

  it('finishes everything that it was given, once, and then goes', () => {
    const arrivals = fc.array(fc.record({ after: fc.nat(20_000), ms: fc.nat(30_000) }), { maxLength: 60 });
    fc.assert(
      fc.property(arrivals, (each) => {
        const { pool, changes, submit } = watch();
        let now = 0;
        for (const { after, ms } of each) submit(1, (now += after), ms);
        pool.advance(now + 10_000_000);
        expect(times(changes, 'finished')).toHaveLength(each.length);
        expect(pool.containers).toBe(0);
        expect(changes.map(({ atMs }) => atMs)).toEqual(changes.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
      }),
    );
  });

  it('runs nothing until a container has booted, and then a slot full at a time', () => {
    const { pool, changes, submit } = watch();
    submit(10, 0);
    pool.advance(100_000);
    expect(times(changes, 'started')).toEqual([20, 20, 20, 20, 26, 26, 26, 26, 32, 32].map((seconds) => seconds * 1_000));
    expect(times(changes, 'finished').at(-1)).toBe(38_000);
  });

  it('holds a second container for one input too many, until it was idle for the scaledown window', () => {
    const { pool, changes, submit } = watch();
    submit(11, 0);
    expect(pool.containers).toBe(2);
    pool.advance(325_999);
    expect(pool.containers).toBe(2);
    pool.advance(326_000);
    expect(pool.containers).toBe(1);
    pool.advance(338_000);
    expect(pool.containers).toBe(0);
    expect(times(changes, 'container_stopped')).toEqual([326_000, 338_000]);
  });

  it('gives work to the oldest container first, so that one that is no longer needed becomes idle', () => {
    const { pool, submit } = watch();
    submit(11, 0);
    for (let at = 60_000; at < 600_000; at += 5_000) submit(3, at);
    expect(pool.containers).toBe(1);
  });

  it('queues what its limit does not admit', () => {
    const { pool, submit } = watch({ maxContainers: 1 });
    submit(500, 0);
    expect(pool.containers).toBe(1);
    pool.advance(20_000 + 125 * 6_000);
    expect(pool.unfinished).toBe(0);
  });

  it('starts the inputs of a container that is taken away again, on a new one that has to boot', () => {
    const { pool, changes, submit } = watch();
    submit(4, 0);
    pool.advance(23_000);
    pool.preempt(1, 23_000);
    pool.advance(60_000);
    expect(times(changes, 'restarted')).toEqual([23_000, 23_000, 23_000, 23_000]);
    expect(times(changes, 'container_started')).toEqual([0, 23_000]);
    expect(times(changes, 'finished')).toEqual([49_000, 49_000, 49_000, 49_000]);
  });

  it('loses a container to an input that brings it down, and finishes that input at its second start', () => {
    const { pool, changes } = watch();
    pool.submit({ id: 'heavy', work: (start) => ({ ms: 3_000, ends: start === 1 ? 'preempted' : 'finished' }) }, 0);
    pool.advance(100_000);
    expect(times(changes, 'restarted')).toEqual([23_000]);
    expect(times(changes, 'finished')).toEqual([46_000]);
  });

  it('keeps an input of open end until it is told of the end, and forgets one that ends while queued', () => {
    const { pool, changes, submit } = watch({ slots: 10 });
    submit(1, 0, null);
    pool.finish('job 1', 10_000);
    submit(1, 10_000, null);
    pool.advance(1_000_000);
    expect(pool.unfinished).toBe(1);
    pool.finish('job 2', 1_000_000);
    expect(pool.unfinished).toBe(0);
    expect(times(changes, 'finished')).toEqual([1_000_000]);
  });
});
