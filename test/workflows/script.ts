import type { AdvanceArgs, AdvanceResult } from '../../activities/advance/advance-types.ts';
import type { Enumerated } from '../../activities/enumerate.ts';
import type { FinalizeArgs, FinalizeResult } from '../../activities/finalize/finalize.ts';
import type { Activities, Opened } from '../../activities/index.ts';
import type { Harvested } from '../../activities/harvest/harvest.ts';
import type { MergeResult } from '../../activities/merge/merge.ts';
import type { OpenRunArgs } from '../../activities/open-run.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import type { Halt } from '../../domain/halt.ts';

/** How an activity of a script hears that it should stop. */
export interface Told {
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly runId: string;
}

/** What the activities of one run do; whatever is not written does what it does in a run without trouble. */
export type Script = {
  readonly [Name in keyof Activities]?: (
    args: Parameters<Activities[Name]>[0],
    told: Told,
  ) => Partial<Awaited<ReturnType<Activities[Name]>>> | Promise<Partial<Awaited<ReturnType<Activities[Name]>>>>;
};

/** What one slice does: its result, as far as it differs from that of a slice in which nothing happened. */
export type Step =
  | Partial<AdvanceResult>
  | ((args: AdvanceArgs, told: Told) => Partial<AdvanceResult> | Promise<Partial<AdvanceResult>>);

export const NO_RECORDS = { ok: 0, failed: 0, skipped: 0, errors: {} } as const;
export const DONE: Partial<AdvanceResult> = { done: true, passed: 1 };

export const FAILURES: Halt = {
  code: 'failures',
  message: '30 of 100 tasks failed for reasons of the service, more than failures.maxPercent 20',
  action: 'Mend the service, then `tilescribe resume`.',
  blind: false,
};
export const CREDENTIALS: Halt = {
  code: 'credentials',
  message: 'our credentials are refused',
  action: 'Set TILESCRIBE_VQA_API_KEY, then `tilescribe resume`.',
  blind: true,
};

/** @returns an `advance` in which the slices of every lane (or `lane/strand`) follow one another as written. */
export function slices(lanes: Readonly<Record<string, readonly Step[]>>): NonNullable<Script['advance']> {
  const taken = new Map<string, number>();
  return (args, told) => {
    const strand = `${args.lane}/${args.strand}`;
    const steps = lanes[strand] ?? lanes[args.lane] ?? [];
    const at = taken.get(strand) ?? 0;
    taken.set(strand, at + 1);
    const step = steps[at] ?? { ...DONE, reason: `no slice ${at + 1} of ${strand} is written` };
    return typeof step === 'function' ? step(args, told) : step;
  };
}

/** @returns a slice that goes on until it is told to stop, and then ends as one does. */
export function untilStopped(result: Partial<AdvanceResult> = {}): Step {
  return (_args, { signal }) =>
    new Promise((resolve) => {
      const stop = (): void => resolve(result);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
}

/** @returns a slice that is told to stop, and dies before it can tell its end. */
export function dyingWhenStopped(): Step {
  return (_args, { signal }) =>
    new Promise((_resolve, reject) => {
      const die = (): void => reject(new Error('S3 could not be reached'));
      if (signal.aborted) die();
      else signal.addEventListener('abort', die, { once: true });
    });
}

function opened(runId: string, over: Partial<Opened>): Opened {
  return {
    ref: { bucket: 'out', prefix: `eval/run=${runId}/`, runId },
    dataset: 'eval',
    priority: 'nightly',
    lanes: [{ service: 'vqa', strands: 1, tasks: 1 }],
    tasks: 1,
    output: `s3://out/eval/run=${runId}/`,
    finished: null,
    searchAttributes: false,
    historyEvents: 2_000,
    ...over,
  };
}

function advanced(args: AdvanceArgs, over: Partial<AdvanceResult>): AdvanceResult {
  return {
    slice: args.slice + 1,
    tallies: NO_RECORDS,
    inFlight: 0,
    doubtful: 0,
    passed: 0,
    done: false,
    waitMs: 0,
    halt: null,
    reason: null,
    held: 0,
    waiting: false,
    ...over,
  };
}

function finalized({ runId, state, endedAt }: FinalizeArgs, over: Partial<FinalizeResult>): FinalizeResult {
  return {
    schema_version: 1,
    run_id: runId,
    dataset: 'eval',
    state,
    started_at: '2026-03-01T00:00:00.000Z',
    ended_at: endedAt,
    inputs: 2,
    tasks: 1,
    expected: 2,
    ok: 2,
    failed: 0,
    skipped: 0,
    unfinished: 0,
    ignored: IGNORED_NONE,
    success: state === 'complete',
    ...over,
  };
}

const ENUMERATED: Enumerated = { inputs: 2, ranges: 1, ignored: IGNORED_NONE };
const NOTHING: Harvested = { records: 0, jobs: 0 };
const MERGED: MergeResult = { ok: 2, failed: 0, skipped: 0, cancelled: 0, missing: 0, duplicates: 0 };

/** The activities, each with all that it is told in one argument. */
type Performed = Omit<Activities, 'openRun'> & { openRun(args: OpenRunArgs): Promise<Opened> };

/** @returns the activities that follow a script. */
export function performing(script: Script, told: Told): Performed {
  const { runId } = told;
  return {
    openRun: async (args) => opened(runId, (await script.openRun?.(args, told)) ?? {}),
    enumerate: async (args) => ({ ...ENUMERATED, ...(await script.enumerate?.(args, told)) }),
    harvest: async (args) => ({ ...NOTHING, ...(await script.harvest?.(args, told)) }),
    advance: async (args) => advanced(args, (await (script.advance ?? (() => DONE))(args, told)) ?? {}),
    merge: async (args) => ({ ...MERGED, ...(await script.merge?.(args, told)) }),
    finalize: async (args) => finalized(args, (await script.finalize?.(args, told)) ?? {}),
  };
}
