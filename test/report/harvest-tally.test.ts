import { describe, expect, it } from 'vitest';
import { HarvestTally } from '../../report/harvest-tally.ts';
import { NOTHING_HARVESTED } from '../../domain/run.ts';
import { service } from '../activities/run-fixture.ts';
import { recordOf, RUN } from './fixture.ts';

const RUNS = { ...RUN, services: { caption: service('caption', { inputsPerContainer: 4, gpusPerContainer: 2 }) } };
const BEFORE = '2026-02-01T00:00:00.000Z';
const AFTER = '2026-03-01T02:00:00.000Z';
const from = (run: string) => [`harvested_from_run=${run}`];

function tallied(records: readonly Parameters<typeof recordOf>[0][]): HarvestTally {
  const tally = new HarvestTally(RUNS.startedAt);
  for (const record of records) tally.add(recordOf(record));
  return tally;
}

describe('what a harvest saved', () => {
  it('is nothing where no record was taken over', () => {
    expect(tallied([{}, {}]).totals(RUNS)).toEqual(NOTHING_HARVESTED);
  });

  it('tells what was finished from what was collected, by run, and estimates GPU seconds', () => {
    const tally = tallied([
      { warnings: from('a'), created_at: BEFORE, latency_ms: 4_000 },
      { warnings: from('b'), created_at: AFTER, latency_ms: null },
      { warnings: from('a'), created_at: AFTER, latency_ms: 8_000 },
      { created_at: AFTER, latency_ms: 6_000 },
    ]);
    expect(tally.totals(RUNS)).toEqual({
      records: 1,
      jobs: 3,
      gpu_seconds: 9,
      from: [
        { run_id: 'a', records: 2 },
        { run_id: 'b', records: 1 },
      ],
    });
  });

  it('counts the job of an answer that several tiles share once', () => {
    const asked = { warnings: from('a'), created_at: BEFORE, latency_ms: 4_000 };
    const shared = { ...asked, attempts: 0, warnings: [...from('a'), 'same_request_as=s3://imagery/a.tif'] };
    expect(tallied([asked, shared, shared]).totals(RUNS)).toMatchObject({ records: 3, jobs: 1, gpu_seconds: 2 });
  });

  it('is the same whether parts are counted one by one or together', () => {
    const first = { warnings: from('a'), created_at: BEFORE, latency_ms: 4_000 };
    const second = { warnings: from('b'), created_at: BEFORE, latency_ms: null };
    const joined = tallied([first]);
    joined.merge(tallied([second]));
    expect(joined.totals(RUNS)).toEqual(tallied([first, second]).totals(RUNS));
  });
});
