import type { ErrorCode } from './errors.ts';
import type { IntentRef, TaskPlace } from './log.ts';
import type { TileRecord } from './record.ts';
import type { RunPlace } from './layout.ts';
import type { OwedTotals } from './run.ts';
import type { Tile, TileFacts } from './tile.ts';
import { DAY_MS } from './units.ts';

/** What a run takes over from closed runs of the same output. */

/** Services keep results for this long: a job as old is not waited for. */
export const HARVEST_WITHIN_MS = 7 * DAY_MS;

const WARNING = 'harvested_from_run=';

/** Lines `from` to `to` of a range have records already for the tasks of `mask`: bit t is the lane's t-th task. */
export type CoveredLines = readonly [from: number, to: number, mask: number];

/** A range of a lane in `_work/harvest.json`. */
export interface HarvestedRange {
  readonly range: number;
  readonly records: number;
  /** Of these, those without an answer. */
  readonly errors?: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Objects with the records, as they stand in the parts. */
  readonly parts: readonly string[];
  /** The object with the {@link CoveredLines}. */
  readonly covered: string;
}

/** A job of a closed run whose answer this run wants. */
export interface HarvestedJob extends TaskPlace {
  readonly tile: Tile;
  readonly facts: TileFacts;
  readonly attempts: number;
  readonly runId: string;
  /** Who is charged for it. */
  readonly holder: string;
  readonly callId: string;
  readonly beganAtMs: number;
  readonly acceptedAtMs: number | null;
  readonly deadlineAtMs: number;
}

/** A job as far as it is charged. */
export interface ChargedJob extends IntentRef {
  /** Null while nobody knows whether it became one. */
  readonly callId: string | null;
  readonly deadlineAtMs: number;
}

/** A strand of a closed run as the budget may still charge it. Times are ms. */
export interface FormerHolder {
  readonly holder: string;
  readonly run: RunPlace & { readonly runId: string };
  readonly lane: string;
  readonly strand: number;
  /** It gave its lease back: nobody writes its log any more. */
  readonly released: boolean;
  /** When the reading of its log began. */
  readonly readAtMs: number;
  /** When its last object was written. */
  readonly writtenAtMs: number;
  /** After this nothing of it is charged, whatever it left. */
  readonly untilMs: number;
  readonly jobs: readonly ChargedJob[];
}

/** What one strand takes over beside records. */
export interface HarvestedStrand {
  readonly jobs: readonly HarvestedJob[];
  readonly holders: readonly FormerHolder[];
}

export const NOTHING_LEFT: HarvestedStrand = { jobs: [], holders: [] };

/** `_work/harvest.json`: the harvest is done and will not change. */
export interface Harvest {
  readonly schema_version: 1;
  /** Runs of which something is of use, the newest first. */
  readonly from: readonly { readonly run_id: string; readonly records: number; readonly jobs: number }[];
  /** What the run found owed; absent where nobody looked. */
  readonly owed?: OwedTotals;
  readonly lanes: Readonly<Record<string, { readonly ranges: readonly HarvestedRange[]; readonly strands: readonly string[] }>>;
}

export const NO_HARVEST: Harvest = { schema_version: 1, from: [], lanes: {} };

/** @returns the warning that says which run asked for an answer. */
export function harvestWarning(runId: string): string {
  return WARNING + runId;
}

/** @returns the run that asked for a record's answer, where it was another one than the record's. */
export function harvestedFrom(record: Pick<TileRecord, 'warnings'>): string | null {
  return record.warnings.find((warning) => warning.startsWith(WARNING))?.slice(WARNING.length) ?? null;
}

/**
 * @param found a record of an earlier run about the same question and object.
 * @returns it as a record of this run: what was seen, asked and answered, and when, stays as it was.
 */
export function takenOver(found: TileRecord, as: { runId: string; dataset: string; taskId: string }): TileRecord {
  const warnings = harvestedFrom(found) === null ? [...found.warnings, harvestWarning(found.run_id)] : found.warnings;
  return { ...found, run_id: as.runId, dataset: as.dataset, task_id: as.taskId, warnings };
}

/** @returns whether something of that moment may still be harvested. */
export function isYoung(atMs: number, now: number): boolean {
  return now - atMs < HARVEST_WITHIN_MS;
}
