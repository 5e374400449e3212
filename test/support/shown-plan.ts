import type { Plan } from '../../domain/plan.ts';

const NONE = { new: 0, changed: 0, stale: 0, failed: 0, done: 0 };

/** @returns a plan of two tasks of which some is owed, with some of it otherwise. */
export function shownPlan(more: Partial<Plan> = {}): Plan {
  const ofCaption = { basis: 'measured', from_runs: 2, from_jobs: 2_380, attempts: { low: 1, likely: 1, high: 1.1 } } as const;
  const ofVqa = { basis: 'assumed', from_runs: 0, from_jobs: 0, attempts: { low: 1, likely: 1, high: 1 } } as const;
  return {
    schema_version: 1,
    made_at: '2026-01-02T12:00:00.000Z',
    dataset: 'harbours',
    spec: { dataset: 'harbours', input: { uri: 's3://imagery/tiles/' } },
    output: 's3://results/harbours/',
    input: {
      tiles: 1_200,
      ignored: { zero_bytes: 1, folder: 0, sidecar: 2, excluded: 0, duplicate: 0 },
      sha256: 'a'.repeat(64),
      bytes: 200_000,
    },
    earlier_runs: [
      {
        run_id: 'harbours-2',
        state: 'complete',
        started_at: '2026-01-01T22:00:00.000Z',
        ended_at: '2026-01-01T23:00:00.000Z',
        tiles: 1_190,
      },
      { run_id: 'harbours-1', state: 'unfinished', started_at: '2025-12-31T22:00:00.000Z', ended_at: null, tiles: null },
    ],
    open_runs: [],
    tasks: [
      {
        task_id: 'caption',
        kind: 'caption',
        service: 'caption',
        model: 'qwen-caption-special',
        states: { ...NONE, new: 10, changed: 3, failed: 7, done: 1_180 },
        owed: 18,
      },
      {
        task_id: 'ships',
        kind: 'vqa',
        service: 'vqa',
        model: 'qwen-vqa-special',
        states: { ...NONE, stale: 1_200 },
        owed: 1_200,
      },
    ],
    totals: {
      new: 10,
      changed: 3,
      stale: 1_200,
      failed: 7,
      done: 1_180,
      ignored: 3,
      owed: 1_218,
      jobs: 1_200,
      identical: 12,
    },
    reasons: [
      { state: 'new', reason: null, count: 10, owed: true, samples: ['s3://imagery/tiles/x.tif', 's3://imagery/tiles/y.tif'] },
      { state: 'changed', reason: 'object', count: 3, owed: true, samples: ['s3://imagery/tiles/c.tif'] },
      { state: 'stale', reason: 'prompt', count: 1_200, owed: true, samples: ['s3://imagery/tiles/a.tif'] },
      { state: 'failed', reason: 'model_error', count: 5, owed: true, samples: ['s3://imagery/tiles/m.tif'] },
      { state: 'failed', reason: 'decode_failed', count: 2, owed: false, samples: ['s3://imagery/tiles/d.tif'] },
      { state: 'done', reason: null, count: 1_180, owed: false, samples: ['s3://imagery/tiles/b.tif'] },
    ],
    harvest: {
      records: 1_182,
      jobs_in_flight: 6,
      gpu_seconds_saved: 443.3,
      from: [
        { run_id: 'harbours-2', records: 1_000 },
        { run_id: 'harbours-1', records: 182 },
      ],
    },
    estimate: {
      services: [
        {
          service: 'caption',
          model: 'qwen-caption-special',
          jobs: 18,
          gpu_seconds: { low: 5.4, likely: 6.8, high: 9 },
          latency_ms: { low: 5_400, likely: 6_000, high: 7_200 },
          ...ofCaption,
        },
        {
          service: 'vqa',
          model: 'qwen-vqa-special',
          jobs: 1_182,
          gpu_seconds: { low: 36.9, likely: 77.8, high: 184.7 },
          latency_ms: { low: 500, likely: 1_000, high: 2_000 },
          ...ofVqa,
        },
      ],
      gpu_hours: { low: 0.178, likely: 0.29, high: 0.587 },
      wall_seconds: { low: 37, likely: 258, high: 365 },
      finish_at: {
        earliest: '2026-01-02T12:00:37.000Z',
        likely: '2026-01-02T12:04:18.000Z',
        latest: '2026-01-02T12:06:05.000Z',
      },
    },
    versions: { tilescribe: '1.0.0', preparation: 'p1' },
    digest: 'd'.repeat(64),
    ...more,
  };
}

/** @returns the plan of somebody who has asked everything already. */
export function donePlan(more: Partial<Plan> = {}): Plan {
  const plan = shownPlan();
  const now = plan.made_at;
  const nothing = { low: 0, likely: 0, high: 0 };
  return {
    ...plan,
    tasks: plan.tasks.map((task) => ({ ...task, states: { ...NONE, done: 1_200 }, owed: 0 })),
    totals: { ...NONE, done: 2_400, ignored: 3, owed: 0, jobs: 0, identical: 0 },
    reasons: [{ state: 'done', reason: null, count: 2_400, owed: false, samples: ['s3://imagery/tiles/a.tif'] }],
    harvest: { ...plan.harvest, records: 2_400, jobs_in_flight: 0, from: [{ run_id: 'harbours-2', records: 2_400 }] },
    estimate: {
      services: plan.estimate.services.map((service) => ({ ...service, jobs: 0, gpu_seconds: nothing })),
      gpu_hours: nothing,
      wall_seconds: nothing,
      finish_at: { earliest: now, likely: now, latest: now },
    },
    ...more,
  };
}
