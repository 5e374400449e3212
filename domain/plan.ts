import type { Estimate } from './estimate.ts';
import type { OwedTotals, RunManifest } from './run.ts';
import type { TaskState } from './owed.ts';
import type { TaskKind } from './spec.ts';
import type { Ignored } from './tile.ts';

/** What a run would do and why, before any model is asked. Rows that programs read: snake_case, every field always there. */

/** The input as it was listed. */
export interface PlannedInput {
  readonly tiles: number;
  readonly ignored: Readonly<Record<Ignored, number>>;
  /** Of the lines that `manifest/` would hold, hex: the same for the same objects at the same etags. */
  readonly sha256: string;
  /** Of these lines. */
  readonly bytes: number;
}

/** A run of the same output whose records were looked at. */
export interface EarlierRun {
  readonly run_id: string;
  /** `unfinished`: closed without manifest.json, terminated or failed before its end. */
  readonly state: RunManifest['state'] | 'unfinished';
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly tiles: number | null;
}

/** How the tiles of one task are judged; the states add up to the tiles. */
export interface PlannedTask {
  readonly task_id: string;
  readonly kind: TaskKind;
  readonly service: string;
  readonly model: string;
  readonly states: Readonly<Record<TaskState, number>>;
  readonly owed: number;
}

export interface PlannedTotals extends OwedTotals {
  /** Objects of the input that are no tiles. */
  readonly ignored: number;
  /** Submits that the owed tasks take when none has to be repeated: owed less identical, less those in flight already. */
  readonly jobs: number;
  /** Owed tasks that ask the same of the same bytes as another one, as far as a listing can tell; they get its answer. */
  readonly identical: number;
}

/** Why tasks are in their state, with a few tiles by name. */
export interface PlannedReason {
  readonly state: TaskState;
  /** In a few words: an error code, what changed; null where the state says all. */
  readonly reason: string | null;
  readonly count: number;
  readonly owed: boolean;
  /** `s3://bucket/key`, at most 3, each once. */
  readonly samples: readonly string[];
}

/** What earlier runs save this one. */
export interface PlannedHarvest {
  /** Records that are taken over. */
  readonly records: number;
  /** Owed tasks whose job is still at its service and is collected there. */
  readonly jobs_in_flight: number;
  /** What those would take if they were asked again; an estimate. */
  readonly gpu_seconds_saved: number;
  /** Whose they are, those that give most first. */
  readonly from: readonly { readonly run_id: string; readonly records: number }[];
}

/** The document of `tilescribe plan`. */
export interface Plan {
  readonly schema_version: 1;
  /** ISO 8601. */
  readonly made_at: string;
  readonly dataset: string;
  /** The spec with its defaults, as run.json has it. */
  readonly spec: object;
  /** `s3://bucket/prefix/` */
  readonly output: string;
  readonly input: PlannedInput;
  /** The newest first. */
  readonly earlier_runs: readonly EarlierRun[];
  /** Ids of runs of the same output that go on at this moment: what they do is not counted. */
  readonly open_runs: readonly string[];
  /** In the order of the spec. */
  readonly tasks: readonly PlannedTask[];
  readonly totals: PlannedTotals;
  /** In the order of the states, and in each the most frequent first. */
  readonly reasons: readonly PlannedReason[];
  readonly harvest: PlannedHarvest;
  readonly estimate: Estimate;
  /** Of what made the plan, by name; `preparation` is part of every record id. */
  readonly versions: Readonly<Record<string, string>>;
  /** SHA-256 of everything that decides what would be asked, hex. */
  readonly digest: string;
}

/** How far the making of a plan is. */
export interface PlanProgress {
  /** `listing` the input, or `comparing` it with earlier runs. */
  readonly step: 'listing' | 'comparing';
  readonly tiles: number;
}
