import { PATHS } from '../domain/layout.ts';
import { mayLackRecords, type Frozen, type Run, type RunManifest } from '../domain/run.ts';
import type { Difference, DifferenceKind, Differences } from './differences.ts';
import type { Listing } from './listing.ts';
import type { Recount } from './recount.ts';

/** What is known of a run once all its lines were read. */
export interface Closing {
  readonly run: Run;
  readonly manifest: RunManifest;
  readonly frozen: Frozen | null;
  readonly listing: Listing;
  readonly recount: Recount;
  readonly differences: Differences;
}

type Figures = Pick<RunManifest, 'inputs' | 'tasks' | 'expected' | 'ok' | 'failed' | 'skipped' | 'unfinished'>;

/** Each of them alone makes a run incomplete, whatever its totals say. */
const GAPS: readonly DifferenceKind[] = ['missing_record', 'duplicate', 'not_asked', 'not_a_record', 'part_missing'];

function manifestSays(kind: DifferenceKind, message: string): Difference {
  return { kind, path: PATHS.manifest, line: null, message };
}

/** @returns the figures as the parts make them. */
export function recounted({ run, manifest, recount }: Pick<Closing, 'run' | 'manifest' | 'recount'>): Figures {
  const { ok, failed, skipped } = recount.counted;
  // Cancelled before the input was known: what of the list was written says nothing.
  const unknown = manifest.state === 'cancelled' && manifest.inputs === 0;
  const inputs = unknown ? 0 : recount.inputs;
  const tasks = run.spec.tasks.length;
  const expected = inputs * tasks;
  const unfinished = mayLackRecords(manifest) ? expected - ok - failed - skipped : 0;
  return { inputs, tasks, expected, ok, failed, skipped, unfinished };
}

function figureDifferences(closing: Closing): Difference[] {
  const found = recounted(closing);
  const names = Object.keys(found) as (keyof Figures)[];
  const wrong = names.filter((name) => closing.manifest[name] !== found[name]);
  return wrong.map((name) =>
    manifestSays('balance', `${name} is ${closing.manifest[name]}, counted again it is ${found[name]}.`),
  );
}

function balanceDifferences(closing: Closing): Difference[] {
  const { expected, ok, failed, skipped, unfinished } = recounted(closing);
  const sum = ok + failed + skipped + unfinished;
  const held = expected === sum && closing.manifest.state !== 'failed';
  if (held) return [];
  const message = `the balance does not hold (state ${closing.manifest.state}): ${expected} expected, ${sum} counted (${ok} ok, ${failed} failed, ${skipped} skipped, ${unfinished} unfinished).`;
  return [manifestSays('balance', message)];
}

function successDifferences({ manifest, listing, differences }: Closing, holds: boolean): Difference[] {
  const at = { kind: 'success', path: PATHS.success, line: null } as const;
  const proven = holds && manifest.state === 'complete' && GAPS.every((kind) => differences.count(kind) === 0);
  const there = listing.successBytes;
  if (there === null)
    return manifest.state === 'complete' && proven ? [{ ...at, message: 'is not there, though the run is complete.' }] : [];
  if (!proven) return [{ ...at, message: `is there, though the run is not proven complete (state ${manifest.state}).` }];
  return there === 0 ? [] : [{ ...at, message: `has ${there} bytes; it must be empty.` }];
}

function harvestDifferences({ run, manifest, recount }: Closing): Difference[] {
  const { gpu_seconds: seconds, ...found } = recount.harvest.totals(run);
  const { gpu_seconds: said, ...told } = manifest.harvest;
  // Sums of fractions may end otherwise where the order of adding does.
  if (JSON.stringify(found) === JSON.stringify(told) && Math.abs(seconds - said) < 0.2) return [];
  return [
    manifestSays(
      'balance',
      `harvest is ${JSON.stringify(manifest.harvest)}, counted again it is ${JSON.stringify({ ...found, gpu_seconds: seconds })}.`,
    ),
  ];
}

function frozenDifferences({ manifest, frozen }: Closing): Difference[] {
  if (frozen === null) return [];
  const same = frozen.inputs === manifest.inputs && JSON.stringify(frozen.ignored) === JSON.stringify(manifest.ignored);
  const message = 'inputs and ignored are not those of _work/frozen.json.';
  return same ? [] : [manifestSays('input_changed', message)];
}

/** @returns what the totals of manifest.json and `_SUCCESS` say other than the parts. */
export function totalsDifferences(closing: Closing): Difference[] {
  const { manifest } = closing;
  const figures = figureDifferences(closing);
  const balance = balanceDifferences(closing);
  const missing = manifest.state !== 'failed' && manifest.missing.length > 0;
  return [
    ...figures,
    ...balance,
    ...(missing ? [manifestSays('balance', `names ${manifest.missing.length} missing records in state ${manifest.state}.`)] : []),
    ...harvestDifferences(closing),
    ...frozenDifferences(closing),
    ...successDifferences(closing, figures.length + balance.length === 0),
  ];
}
