import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const { EXPLORER_SEEDS = '3000', EXPLORER_FROM = '0' } = process.env;
const shards = Math.min(availableParallelism(), Number(EXPLORER_SEEDS));

/** Which seeds one process looks at. */
function shardOf(shard: number): Record<string, string> {
  const each = Math.ceil(Number(EXPLORER_SEEDS) / shards);
  const from = Number(EXPLORER_FROM) + shard * each;
  return {
    EXPLORER_FROM: String(from),
    EXPLORER_SEEDS: String(Math.min(each, Number(EXPLORER_FROM) + Number(EXPLORER_SEEDS) - from)),
  };
}

/** The explorer alone, with more seeds and a process per core: it needs no servers. */
export default defineConfig({
  test: {
    maxWorkers: shards,
    projects: Array.from({ length: shards }, (_, shard) => ({
      test: {
        name: `shard ${shard}`,
        include: ['test/explorer/explorer.test.ts'],
        pool: 'forks' as const,
        env: shardOf(shard),
        testTimeout: 300_000,
      },
    })),
  },
});
