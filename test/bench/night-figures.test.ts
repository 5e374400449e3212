import { describe, expect, it } from 'vitest';
import { nightFigures, useOf, type Act, type Acts } from '../../bench/night-figures.ts';
import { nightJobs, promptOf, type Asker } from '../../bench/night-jobs.ts';
import { NIGHT_DEFAULTS } from '../../bench/night-options.ts';
import { backfillRuns, interactiveRun, nightRun, specOf } from '../../bench/night-specs.ts';
import { nightTable } from '../../bench/night-table.ts';
import { completeOptions } from '../../local/services/options.ts';
import type { JournalEvent } from '../../local/services/journal.ts';
import { parseSpec } from '../../schema/spec.ts';

/** A job that starts at once and whose answer is fetched half a second after its end; ms. */
interface Job {
  readonly asker: Asker;
  readonly from: number;
  readonly to: number;
  readonly service?: string;
}

let jobs = 0;

function eventsOf({ asker, from, to, service = 'caption' }: Job): JournalEvent[] {
  const about = { service, pool: 'jobs', call_id: `fc-${(jobs += 1)}` } as const;
  const told = { ...about, prompt: promptOf(asker, 'is there water?'), sent_sha256: String(jobs) };
  return [
    { ...told, at_ms: from, event: 'accepted', inflight: 1 },
    { ...told, at_ms: from, event: 'started' },
    { ...about, at_ms: to - 100, event: 'polled', status: 202 },
    { ...told, at_ms: to, event: 'finished', inflight: 0 },
    { ...about, at_ms: to + 500, event: 'polled', status: 200 },
    { ...about, at_ms: to + 900, event: 'polled', status: 200 },
  ];
}

function act(runs: Act['runs'], ...all: readonly Job[]): Act {
  const events = all.flatMap(eventsOf).toSorted((a, b) => a.at_ms - b.at_ms);
  return { runs, events };
}

const SLOTS = 1;
const gpuFigures = { caption: completeOptions('caption', {}), vqa: completeOptions('vqa', {}) };
const SERVICES = { slots: SLOTS, gpuFigures };

const ACTS: Acts = {
  interactiveAlone: act({ interactive: { startedAtMs: 0, endedAtMs: 5_000 } }, { asker: 'interactive', from: 1_000, to: 2_000 }),
  nightAlone: act(
    { night: { startedAtMs: 10_000, endedAtMs: 22_000 } },
    { asker: 'night', from: 11_000, to: 21_000 },
    { asker: 'night', from: 11_000, to: 16_000, service: 'vqa' },
  ),
  together: act(
    { night: { startedAtMs: 30_000, endedAtMs: 44_000 }, interactive: { startedAtMs: 35_000, endedAtMs: 44_000 } },
    { asker: 'night', from: 31_000, to: 43_500 },
    { asker: 'interactive', from: 38_000, to: 39_000, service: 'vqa' },
    { asker: 'interactive', from: 39_000, to: 40_000, service: 'vqa' },
    { asker: 'backfill', from: 42_500, to: 45_500, service: 'vqa' },
  ),
};
const EVENTS = Object.values(ACTS).flatMap(({ events }: Act) => events);
const figures = nightFigures(ACTS, EVENTS, SERVICES);

describe('the simulated night', () => {
  it('tells what somebody waits for who starts a run in the middle of it, beside the same run alone', () => {
    expect(figures.interactive.alone).toEqual({ firstSubmit: 1, firstAnswer: 2.5, lastAnswer: 2.5, complete: 5 });
    expect(figures.interactive.together).toEqual({ firstSubmit: 3, firstAnswer: 4.5, lastAnswer: 5.5, complete: 9 });
  });

  it('tells how much longer the night takes from its first submit to its last job', () => {
    expect(figures.night.alone).toEqual({ firstSubmit: 1, makespan: 10, complete: 12 });
    expect(figures.night.together).toEqual({ firstSubmit: 1, makespan: 12.5, complete: 14 });
    expect(figures.slowdown).toBe(1.25);
  });

  it('tells which share of the slots was in use, also of a job that outlasts the night', () => {
    expect(figures.use.nightAlone).toEqual({ services: { caption: 1, vqa: 0.5 }, all: 0.75 });
    expect(figures.use.whileTheNightRan).toEqual({ services: { caption: 1, vqa: 3 / 12.5 }, all: 15.5 / 25 });
    expect(figures.use.together.all).toBeCloseTo(17.5 / 29);
  });

  it('tells what of them each asker had while the night ran', () => {
    const shares = figures.shares.map(({ asker, jobs: count, share }) => [asker, count, share]);
    expect(shares).toEqual([
      ['night', 1, 12.5 / 15.5],
      ['backfill', 1, 1 / 15.5],
      ['interactive', 2, 2 / 15.5],
    ]);
  });

  it('counts a question once more where it is asked again within an act, and not where another act asks it', () => {
    expect(figures.moreJobs).toBe(0);
    const { nightAlone } = ACTS;
    const again = { ...ACTS, together: { ...ACTS.together, events: [...ACTS.together.events, ...nightAlone.events] } };
    expect(nightFigures(again, EVENTS, SERVICES).moreJobs).toBe(0);
    const twice = { ...ACTS, nightAlone: { ...nightAlone, events: [...nightAlone.events, ...nightAlone.events] } };
    expect(nightFigures(twice, EVENTS, SERVICES).moreJobs).toBe(2);
  });

  it('counts GPUs by the rule over all acts, the time between them included', () => {
    expect(figures.gpus).toEqual({ byRule: 2, byContainers: 0 });
  });

  it('cannot be told where a run asked nothing', () => {
    const nothing = { ...ACTS.nightAlone, events: [] };
    expect(() => nightFigures({ ...ACTS, nightAlone: nothing }, EVENTS, SERVICES)).toThrow('No job of the benchmark was done.');
  });

  it('is shown with what was promised', () => {
    const table = nightTable({ ...figures, gpus: { byRule: 3, byContainers: 2 } });
    expect(table).toContain('| GPUs at once, by the rule | 3 | <= 2 | NO |');
    expect(table).toContain('| jobs beyond one for each question | 0 | <= 0 | yes |');
    expect(table).toContain('| first answer | 2.500 | 4.500 | 2 |');
    expect(table).toContain('| first submit to last job done (makespan), s | 10 | 12.5 | 1.250 |');
    expect(table).toContain('| backfill | 1 | 0.065 |');
  });
});

describe('slots in use', () => {
  it('are those of the span that is asked about', () => {
    const own = nightJobs(eventsOf({ asker: 'night', from: 1_000, to: 5_000 }));
    expect(useOf(own, { fromMs: 2_000, toMs: 4_000 }, SERVICES).services).toEqual({ caption: 1, vqa: 0 });
    expect(useOf(own, { fromMs: 4_000, toMs: 8_000 }, SERVICES).all).toBe(0.125);
    expect(useOf(own, { fromMs: 6_000, toMs: 8_000 }, SERVICES).all).toBe(0);
  });
});

describe('the runs of the simulated night', () => {
  const runs = [nightRun('night', NIGHT_DEFAULTS), interactiveRun('interactive'), ...backfillRuns(NIGHT_DEFAULTS)];

  it('are specs with the priority that each of them has', () => {
    const priorities = runs.map((run) => parseSpec(specOf(run)).priority);
    expect(priorities).toEqual(['nightly', 'interactive', ...Array.from({ length: 10 }, () => 'backfill')]);
  });

  it('have ids, tiles and outputs of their own, those of a backfill named as its command names them', () => {
    expect(new Set(runs.map(({ prefix }) => prefix)).size).toBe(12);
    expect(new Set(runs.map((run) => parseSpec(specOf(run)).output.uri)).size).toBe(12);
    expect(runs[2]).toMatchObject({ runId: 'backfill-2026-01-01T00:00:00Z', prefix: 'dates/2026-01-01/' });
    expect(runs.at(-1)?.runId).toBe('backfill-2026-01-10T00:00:00Z');
  });
});
