import { describe, expect, it, vi } from 'vitest';
import { off } from './switched-off.ts';
import { TRACES, type Trace } from './traces.ts';
import { OWN_PICTURES, type WorldOptions } from './stormy-world.ts';
import { voyage } from './voyage.ts';

vi.mock(import('../../domain/budget.ts'), async (real) => (await import('./switched-off.ts')).budget(await real()));
vi.mock(import('../../domain/gpu.ts'), async (real) => (await import('./switched-off.ts')).gpu(await real()));
vi.mock(import('../../domain/strand.ts'), async (real) => (await import('./switched-off.ts')).strand(await real()));
vi.mock(import('../../activities/advance/holder.ts'), async (real) =>
  (await import('./switched-off-lease.ts')).holder(await real()),
);
vi.mock(import('../../activities/advance/reporting.ts'), async (real) =>
  (await import('./switched-off-lease.ts')).reporting(await real()),
);
vi.mock(import('../../activities/advance/session.ts'), async (real) =>
  (await import('./switched-off-lease.ts')).session(await real()),
);
vi.mock(import('../../activities/advance/strand-log.ts'), async (real) =>
  (await import('./switched-off-log.ts')).strandLog(await real()),
);
vi.mock(import('../../activities/advance/dispatch.ts'), async (real) =>
  (await import('./switched-off-log.ts')).dispatch(await real()),
);
vi.mock(import('../../activities/advance/overdue.ts'), async (real) =>
  (await import('./switched-off-log.ts')).overdue(await real()),
);

const MOST_SEEDS = 1_000;
const TIMEOUT_MS = 600_000;

/** The seed that is known to show it, then all others: a change elsewhere may have moved it. */
function seedsOf({ seed }: Trace): number[] {
  return [seed, ...Array.from({ length: MOST_SEEDS }, (_, other) => other)];
}

function worldOf({ where }: Trace, seed: number): WorldOptions {
  return { seed, ...where, wishes: { pictures: OWN_PICTURES, ...where.wishes } };
}

async function breaks(trace: Trace, seed: number): Promise<boolean> {
  off.rule = trace.rule;
  const { problems } = await voyage(worldOf(trace, seed));
  off.rule = null;
  return problems.some((problem) => trace.promises.includes(problem.slice(0, 2)));
}

/** @returns the first seed that breaks a promise without the rule. */
async function found(trace: Trace): Promise<number | null> {
  for (const seed of seedsOf(trace)) if (await breaks(trace, seed)) return seed;
  return null;
}

describe('with a rule of reliability.md section 2 switched off the explorer finds its trace', () => {
  it.each(TRACES)('$sentence', { timeout: TIMEOUT_MS }, async (trace) => {
    const seed = await found(trace);
    expect(seed).not.toBeNull();
    const sound = await voyage(worldOf(trace, seed ?? 0));
    expect(sound.problems).toEqual([]);
  });
});
