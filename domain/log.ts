import type { Busy } from './busy.ts';
import type { Cluster } from './clusters.ts';
import type { ErrorCode } from './errors.ts';
import type { Judged } from './failure-window.ts';
import type { Limit } from './limit.ts';
import type { TileRecord } from './record.ts';
import type { Tile, TileFacts } from './tile.ts';

/**
 * Which attempt of `advance` writes. Later attempts are greater: a later execution of the run, then a later turn of
 * the strand's loop, then a later attempt of that turn.
 */
export interface Attempt {
  /** Start time of the workflow execution, ms, as the Temporal server has it. */
  readonly execution: number;
  readonly turn: number;
  readonly attempt: number;
}

/** @returns below 0 where `a` came before `b`, 0 where they are the same attempt. */
export function compareAttempts(a: Attempt, b: Attempt): number {
  return a.execution - b.execution || a.turn - b.turn || a.attempt - b.attempt;
}

/** A tile by its place in the manifest. */
export interface TilePlace {
  readonly range: number;
  /** 0-based line of manifest/part-range. */
  readonly line: number;
}

/** One tile asked one task of the lane. */
export interface TaskPlace extends TilePlace {
  readonly task: string;
}

/** What a task has been through; survives in every intent so that a takeover forgets nothing. */
export interface TaskHistory {
  /** Jobs submitted or refused with an error, the one at hand included. */
  readonly attempts: number;
  readonly ambiguous: number;
  readonly expired: number;
  readonly empty: number;
  readonly timeout: number;
  /** Error digests of failed attempts. */
  readonly digests: readonly string[];
}

export const NEW_TASK: TaskHistory = { attempts: 0, ambiguous: 0, expired: 0, empty: 0, timeout: 0, digests: [] };

/** A submit that is about to leave: everything its record will need but the answer. */
export interface Intent extends TaskPlace {
  readonly i: number;
  readonly tile: Tile;
  readonly facts: TileFacts;
  readonly history: TaskHistory;
  /** An earlier intent of this task that never left. */
  readonly replaces: IntentRef | null;
}

/** Which intent: the i-th line of intents object n. */
export interface IntentRef {
  readonly n: number;
  readonly i: number;
}

/** A job in flight, or an intent of which nobody knows yet whether it became one. */
export interface Job extends IntentRef {
  /** Null while ambiguous. */
  readonly callId: string | null;
  /** When the put of its intents began, wall clock ms. */
  readonly beganAtMs: number;
  /** When it is no longer charged, whatever became of it: the orphan deadline (services.md section 1). */
  readonly deadlineAtMs: number;
  /** When the service accepted it; null while ambiguous. */
  readonly acceptedAtMs: number | null;
  /** Of a closed run, taken over: `holder` is charged for it, and `n` and `i` name no intent of this log. */
  readonly of?: { readonly runId: string; readonly holder: string };
  /** It is one of `history.ambiguous`. */
  readonly doubted?: true;
  /** In doubt beyond its deadline, and charged no longer; another job of its task is still awaited. */
  readonly lapsed?: true;
  readonly watch: Watch;
}

/** What the polls of a job have said so far. */
export interface Watch {
  readonly polls: number;
  readonly nextPollAtMs: number;
  /** The last time it was seen not finished, ms after it was accepted. */
  readonly pendingForMs: number;
  /** The same error digest on consecutive polls. */
  readonly failing: { readonly digest: string; readonly times: number; readonly sinceMs: number } | null;
  /** Answers that were not what the service documents. */
  readonly broken: number;
  /** Polls in a row that said nothing about the job. */
  readonly silent: number;
}

/** A task that has begun and has no record yet, or has one while a job of it is still charged. */
export interface OpenTask extends TaskPlace {
  readonly tile: Tile;
  readonly facts: TileFacts;
  readonly history: TaskHistory;
  readonly jobs: readonly Job[];
  /** A record is durable or pending in this slice; what its jobs still say is not wanted. */
  readonly ended: boolean;
  /** When it may go out again; null while a job is awaited. */
  readonly owedAtMs: number | null;
  /** The intent that its next one stands in for: it was written and never left. */
  readonly replaces: IntentRef | null;
  /** Another open task asks the same of a picture with the same bytes: that one's answer is waited for. */
  readonly follows?: true;
  /** The call id of its last job, which came to nothing while the strand only collected: nobody has asked again since. */
  readonly collected?: string;
}

/** Cumulative over the strand's life. */
export interface Tallies {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
}

/** What a strand knows at the end of a slice. */
export interface StrandState {
  /** The first tile of this strand that has not begun. */
  readonly cursor: TilePlace;
  /** Tiles after the cursor that have begun: a heavy tile holds up no other. */
  readonly ahead: readonly TilePlace[];
  readonly tasks: readonly OpenTask[];
  readonly tallies: Tallies;
  /** Slices that hold records of a range, by range. */
  readonly slices: Readonly<Record<string, readonly number[]>>;
  /** Records that exist, by range. */
  readonly recorded: Readonly<Record<string, number>>;
  /** What the errors say, at most 20 kinds of it; cumulative like the tallies. */
  readonly fingerprints: readonly Cluster[];
  /** Since the last resume: for failures.maxPercent. */
  readonly judged: Judged;
  /** Since when the service could not be reached or said nothing but 503; null while it answers. */
  readonly troubleSinceMs: number | null;
  /** No submit before this: the service asked for patience, or failed. */
  readonly quiet: { readonly untilMs: number; readonly times: number };
  /** A tile of the input could be read: "the first 20 all denied" can no longer happen. */
  readonly readable: boolean;
  /** Submit-to-done times of the latest jobs, ms, oldest first. */
  readonly latenciesMs: readonly number[];
  /** When the first job was seen done, ms; absent before. */
  readonly firstDoneAtMs?: number;
  /** The service asked for less; null where it did not. */
  readonly limit: Limit | null;
  readonly busy: Busy;
  /** Job places of the last lease that gave any; 0 before the first. */
  readonly granted: number;
  /** An attempt did not end its slice, and no report that said so was answered yet: its requests may be open. */
  readonly untold: boolean;
  /** What closed runs had left is in here. */
  readonly harvested?: true;
}

interface Head {
  readonly n: number;
  /** Random per attempt, so that two writers' bytes never agree by chance. */
  readonly nonce: string;
  readonly attempt: Attempt;
}

export interface TakeoverHead extends Head {
  readonly kind: 'takeover';
}
export interface IntentsHead extends Head {
  readonly kind: 'intents';
  readonly began_at_ms: number;
  readonly deadline_at_ms: number;
}
export interface SliceHead extends Head {
  readonly kind: 'slice';
  readonly state: StrandState;
}
/** The first line of a log object. An intents object goes on with {@link Intent} lines, a slice with record lines. */
export type LogHead = TakeoverHead | IntentsHead | SliceHead;

/** A line of a calls object (after a first line `{kind:'calls', n, k, nonce}`): what became of intent i. */
export type CallLine =
  | { readonly i: number; readonly outcome: 'accepted'; readonly call_id: string; readonly at_ms: number }
  | {
      readonly i: number;
      readonly outcome: 'refused';
      readonly at_ms: number;
      readonly counted: boolean;
      readonly digest: string | null;
    }
  | { readonly i: number; readonly outcome: 'not_sent'; readonly at_ms: number };

/**
 * A record in a slice, with the range it belongs to, as one JSON line. A slice's lines are
 * sorted by range, then the UTF-8 bytes of key, then bucket, then task id.
 */
export interface SliceLine {
  readonly range: number;
  readonly record: TileRecord;
}
