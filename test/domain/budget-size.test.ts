import { describe, expect, it } from 'vitest';
import { swept } from '../../domain/budget.ts';
import { chargesAt } from '../../domain/account.ts';
import type { Charge } from '../../domain/lease.ts';
import { packed } from '../../domain/packed.ts';
import { MAX_HOLDERS } from '../../domain/settle.ts';
import { Desk, START, configuredAs } from './lease-reports.ts';

const KIB = 1_024;
const HTTP = { httpInputs: 64, inputsPerContainer: 4_000 };
const CONFIGURED = configuredAs(HTTP, 2);
/** How the budget knows a strand: bucket, prefix of the run's log, lane and strand. */
const named = (n: number): string =>
  `a-rather-long-bucket-name-of-a-survey/archive/2026/run=a-long-run-id-${n}/_work/caption/${n}`;
const doubts = (): Charge[] => Array.from({ length: 30 }, (_, k) => ({ places: 1, untilMs: START + 600_000 + 1_234 * k }));

/** 16 holders and 20 strands that nobody answers for, each with 30 submits without an answer. */
function crowded(): Desk {
  const desk = new Desk({ configured: CONFIGURED, ambiguous: doubts(), want: { jobs: 12_345, http: 2 }, jobMs: 6_123 });
  for (let n = 0; n < 20; n += 1) {
    const run = `a-long-run-id-${n}`;
    if (n % 2 === 0) desk.leave(named(n), { run });
    else desk.ask(named(n), { run, want: { jobs: 2, http: 1 }, ttlMs: 1_000 });
    desk.pass(2_000);
  }
  for (let n = 20; n < 20 + MAX_HOLDERS; n += 1) desk.ask(named(n), { run: `a-long-run-id-${n}`, inFlight: 99, limit: 512 });
  return desk;
}

describe('what the budget carries over', () => {
  it('stays below 16 KiB with all its holders, long names, and many submits without an answer', () => {
    const { budget, now } = crowded();
    expect(Object.keys(budget.holders)).toHaveLength(MAX_HOLDERS);
    expect(budget.orphans).toHaveLength(20);
    expect(JSON.stringify(packed(budget, now)).length).toBeLessThan(16 * KIB);
  });

  it('drops no place of what is in doubt, and none before its deadline', () => {
    const { budget } = crowded();
    for (const k of [0, 7, 19, 29]) {
      const at = START + 600_000 + 1_234 * k - 1;
      const holding = 36 * (30 - k);
      expect(chargesAt(swept(budget, at), 'caption', at).jobs).toBeGreaterThanOrEqual(holding);
    }
  });
});
