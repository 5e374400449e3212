import { joinedClusters, travelling, type Cluster } from './clusters.ts';
import type { ErrorCode } from './errors.ts';
import type { Halt, HaltCode } from './halt.ts';
import type { Tallies } from './log.ts';
import { grouped, quantity } from './quantity.ts';
import { MINUTE_MS, SECOND_MS, wholeSeconds } from './units.ts';

/** States of a run (contract section 5). */
export type RunState = 'enumerating' | 'running' | 'paused' | 'halted' | 'cancelling' | 'complete' | 'cancelled' | 'failed';

/** The answer to the status query, and the result of a run's workflow (contract section 6). */
export interface RunStatus {
  readonly run_id: string;
  readonly state: RunState;
  readonly reason: string | null;
  readonly halted_services: readonly {
    readonly service: string;
    readonly code: HaltCode;
    readonly message: string;
    readonly action: string;
  }[];
  readonly inputs: number;
  readonly expected: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly in_flight: number;
  readonly rate_per_s: number | null;
  readonly eta_s: number | null;
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  /** What the errors say: near-equal ones as one, the most frequent first, at most 20 and 4 KiB; as of the last slices. */
  readonly fingerprints: readonly Cluster[];
  readonly ranges: { readonly done: number; readonly total: number };
  readonly budget: { readonly held: number; readonly waiting_for: string | null };
  readonly output: string | null;
  /** When the GPUs are to be free again, ISO; only of a run that has a window. */
  readonly window_ends_at?: string;
}

/** What one strand last said. */
export interface StrandView {
  readonly service: string;
  readonly tallies: Tallies;
  readonly fingerprints?: readonly Cluster[];
  readonly inFlight: number;
  readonly held: number;
  readonly waiting: boolean;
  readonly reason: string | null;
  readonly halt: Halt | null;
}

/** How many tasks had ended at a moment. */
export interface RateSample {
  readonly atMs: number;
  readonly ended: number;
}

const RATE_WINDOW_MS = 5 * MINUTE_MS;
/** Samples pass through continue-as-new: some sixty of them, not thousands. */
const RATE_EVERY_MS = 5 * SECOND_MS;
const NO_TALLIES: Tallies = { ok: 0, failed: 0, skipped: 0, errors: {} };

function plus(a: Tallies, b: Tallies): Tallies {
  const codes = Object.keys({ ...a.errors, ...b.errors }) as ErrorCode[];
  const errors = Object.fromEntries(codes.toSorted().map((code) => [code, (a.errors[code] ?? 0) + (b.errors[code] ?? 0)]));
  return { ok: a.ok + b.ok, failed: a.failed + b.failed, skipped: a.skipped + b.skipped, errors };
}

/** @returns the tallies of all strands together. */
export function summed(strands: readonly Pick<StrandView, 'tallies'>[]): Tallies {
  return strands.reduce((sum, { tallies }) => plus(sum, tallies), NO_TALLIES);
}

/** @returns samples of the last five minutes with one more, a few seconds apart; the oldest is the last before them. */
export function withRateSample(samples: readonly RateSample[], sample: RateSample): RateSample[] {
  const [previous, last] = samples.slice(-2);
  const crowded = previous !== undefined && last !== undefined && last.atMs - previous.atMs < RATE_EVERY_MS;
  const all = [...(crowded ? samples.slice(0, -1) : samples), sample];
  const first = all.findIndex(({ atMs }) => atMs >= sample.atMs - RATE_WINDOW_MS);
  return all.slice(Math.max(0, first - 1));
}

/** @returns tasks ended per second over the samples; null while that cannot be said. */
export function ratePerSecond(samples: readonly RateSample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < SECOND_MS) return null;
  return ((last.ended - first.ended) * SECOND_MS) / (last.atMs - first.atMs);
}

/** What a run's workflow knows. */
export interface RunView {
  readonly runId: string;
  readonly state: RunState;
  readonly inputs: number;
  readonly tasks: number;
  readonly strands: readonly StrandView[];
  readonly samples: readonly RateSample[];
  readonly ranges: { readonly done: number; readonly total: number };
  readonly output: string | null;
  readonly windowEndsMs?: number | null;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function haltReason(strand: StrandView | undefined): string | null {
  return strand?.halt === null || strand === undefined ? null : `${strand.service}: ${strand.halt.message}`;
}

function windowEnd({ windowEndsMs = null }: RunView): Pick<RunStatus, 'window_ends_at'> {
  return windowEndsMs === null ? {} : { window_ends_at: wholeSeconds(new Date(windowEndsMs).toISOString()) };
}

/** @returns the status as people and programs get it. */
export function statusOf(view: RunView): RunStatus {
  const { strands, samples } = view;
  const { ok, failed, skipped, errors } = summed(strands);
  const expected = view.inputs * view.tasks;
  const rate = ratePerSecond(samples);
  const left = Math.max(0, expected - ok - failed - skipped);
  const halts = strands.filter(
    ({ halt }, n) =>
      halt !== null && strands.findIndex((other) => other.service === strands[n]?.service && other.halt !== null) === n,
  );
  const waiting = [...new Set(strands.filter((strand) => strand.waiting).map(({ service }) => service))];
  return {
    run_id: view.runId,
    state: view.state,
    reason: haltReason(halts[0]) ?? strands.find(({ reason }) => reason !== null)?.reason ?? null,
    halted_services: halts.flatMap(({ service, halt }) =>
      halt === null ? [] : [{ service, code: halt.code, message: halt.message, action: halt.action }],
    ),
    inputs: view.inputs,
    expected,
    ok,
    failed,
    skipped,
    in_flight: strands.reduce((sum, { inFlight }) => sum + inFlight, 0),
    rate_per_s: rate === null ? null : rounded(rate, 2),
    eta_s: view.state !== 'running' || rate === null || rate <= 0 || left === 0 ? null : Math.round(left / rate),
    errors,
    fingerprints: travelling(joinedClusters(strands.map((strand) => strand.fingerprints ?? []))),
    ranges: view.ranges,
    budget: {
      held: strands.reduce((sum, { held }) => sum + held, 0),
      waiting_for: waiting.length === 0 ? null : waiting.join(', '),
    },
    output: view.output,
    ...windowEnd(view),
  };
}

/** What a finished run's manifest says of it. */
export interface RunTotals {
  readonly run_id: string;
  readonly state: RunState;
  readonly inputs: number;
  readonly expected: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unfinished?: number;
  /** Where they are known otherwise than from the status before the end. */
  readonly errors?: RunStatus['errors'];
  readonly fingerprints?: RunStatus['fingerprints'];
  readonly ranges?: RunStatus['ranges'];
}

const NOTHING_RUNS = {
  halted_services: [],
  in_flight: 0,
  rate_per_s: null,
  eta_s: null,
  budget: { held: 0, waiting_for: null },
} as const;
const NO_RANGES = { done: 0, total: 0 };

function endReason({ state, unfinished = 0 }: RunTotals): string | null {
  if (state === 'failed') return 'The balance does not hold: manifest.json names what is missing.';
  if (state !== 'complete' || unfinished === 0) return null;
  return `Its window ended first: ${quantity(unfinished, 'task', grouped)} not asked; the next run of the same output asks them.`;
}

/** @param last the status before the end, where there was one. @returns the status of a run that has its manifest. */
export function finishedStatus(totals: RunTotals, output: string, last?: RunStatus): RunStatus {
  const { run_id, state, inputs, expected, ok, failed, skipped } = totals;
  const { errors = last?.errors ?? {}, fingerprints = last?.fingerprints ?? [], ranges = last?.ranges ?? NO_RANGES } = totals;
  return {
    ...NOTHING_RUNS,
    ...last,
    run_id,
    state,
    reason: endReason(totals),
    inputs,
    expected,
    ok,
    failed,
    skipped,
    in_flight: 0,
    eta_s: null,
    errors,
    fingerprints,
    ranges,
    output,
  };
}
