import { describe, expect, it } from 'vitest';
import { shrunk } from './shrink.ts';
import { voyage } from './voyage.ts';

/** `npm run explore` looks at more (docs/reliability-tests.md). */
const SEEDS = Number(process.env['EXPLORER_SEEDS'] ?? 60);
const FROM = Number(process.env['EXPLORER_FROM'] ?? 0);
const TOLD_EVERY = 500;
const TIMEOUT_MS = 6 * 3_600_000;

/** Figures for whoever looks at many seeds. */
function told(seeds: number, ms: number): void {
  const rate = Math.round((seeds / Math.max(1, ms)) * 60_000);
  process.stderr.write(`${seeds} of ${SEEDS} interleavings, ${rate} a minute\n`);
}

/** @returns the story of a seed that broke a promise, with as few faults as still break one. */
async function storyOf(seed: number, problems: readonly string[]): Promise<string> {
  const least = await shrunk({ seed });
  return [`seed ${seed}: ${problems.join('; ')}`, 'with as few faults as possible:', ...least.problems, least.story].join('\n');
}

/** @returns the story of the first seed that broke a promise; null where none did. */
async function broken(): Promise<string | null> {
  const began = performance.now();
  for (let count = 0; count < SEEDS; count += 1) {
    const { seed, problems } = await voyage({ seed: FROM + count });
    if (problems.length > 0) return storyOf(seed, problems);
    if ((count + 1) % TOLD_EVERY === 0) told(count + 1, performance.now() - began);
  }
  return null;
}

describe('attempts, pauses, lost replies and a rival, in whatever order', () => {
  it('break no promise', { timeout: TIMEOUT_MS }, async () => {
    const story = await broken();
    if (story !== null) throw new Error(story);
  });

  it('go the same way for the same seed', async () => {
    const [one, other] = [await voyage({ seed: FROM }), await voyage({ seed: FROM })];
    expect(one.story).toBe(other.story);
    expect(one.struck.length).toBeGreaterThan(0);
  });
});
