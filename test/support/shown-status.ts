import type { Cluster } from '../../domain/clusters.ts';
import type { RunStatus } from '../../domain/progress.ts';

/** @returns the status of a run in full swing, with some of it otherwise. */
export function shownStatus(more: Partial<RunStatus> = {}): RunStatus {
  return {
    run_id: 'harbours-1',
    state: 'running',
    reason: null,
    halted_services: [],
    inputs: 1_000,
    expected: 3_000,
    ok: 1_400,
    failed: 60,
    skipped: 40,
    in_flight: 48,
    rate_per_s: 12.5,
    eta_s: 120,
    errors: { decode_failed: 10, model_error: 50, empty_tile: 40 },
    fingerprints: [],
    ranges: { done: 0, total: 1 },
    budget: { held: 48, waiting_for: null },
    output: 's3://results/harbours/run=harbours-1/',
    ...more,
  };
}

/** @returns errors that say a kind of thing so often. */
export function shownCluster(text: string, count: number): Cluster {
  const example = { uri: `s3://imagery/${text}.tif`, message: `${text} at 12` };
  return { service: 'caption', code: 'model_error', count, text, example };
}
