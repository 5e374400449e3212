import { condition, type CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Opened } from '../activities/index.ts';
import type { Enumerated } from '../activities/enumerate.ts';
import {
  withRateSample,
  type RateSample,
  type RunState,
  type RunView,
  statusOf,
  summed,
  type RunStatus,
} from '../domain/progress.ts';
import type { RunRef, StrandEnd } from '../domain/run.ts';
import { OpenSlices } from './open-slices.ts';
import { haltAfter, rangeReady, type LastSlice, type Mode, type Orders, type StrandLoop } from '../domain/strand-loop.ts';
import { SECOND_MS } from '../domain/units.ts';

/** A cancelled run collects what is in flight for this long, then names the rest. */
const COLLECT_MS = 120 * SECOND_MS;

/** What a run's workflow knows; plain JSON, so that it passes through continue-as-new. */
export interface Carried {
  readonly opened: Opened;
  readonly input: Enumerated;
  readonly loops: StrandLoop[];
  /** Ranges that have their parts, from the first on. */
  merged: number;
  paused: boolean;
  samples: readonly RateSample[];
}

/** Up to a moment. */
export interface Heard {
  readonly orders: number;
  readonly places: number;
}

/** The state of a run's workflow, and how its loops hear of orders. */
export class RunControl {
  readonly carried: Carried;
  readonly execution = workflowInfo().startTime.getTime();
  #orders = 0;
  #places = 0;
  #slicesTaken = 0;
  #cancelRequested = false;
  /** When the run was cancelled, or its window ended. */
  #endedAtMs: number | null = null;
  #commonEndMs: number | null = null;
  #closing = false;
  readonly #slices = new OpenSlices();

  constructor(carried: Carried) {
    this.carried = carried;
  }

  get ref(): RunRef {
    return this.carried.opened.ref;
  }

  get loops(): StrandLoop[] {
    return this.carried.loops;
  }

  get cancelled(): boolean {
    return this.#cancelRequested;
  }

  /** It asks nothing more: it was cancelled, or its window is over. */
  get ended(): boolean {
    return this.#endedAtMs !== null;
  }

  /** When the GPUs are to be free again, ms; null where nobody minds. */
  get windowEndsMs(): number | null {
    return this.carried.opened.windowEndsMs ?? null;
  }

  /** Something was left because the run's window ended. */
  get cut(): boolean {
    return (this.ended && !this.cancelled) || this.loops.some(({ last }) => last?.cut === true);
  }

  /** The loops are left, because all is done or to continue as new. A run that was ended ends where it was. */
  get closing(): boolean {
    return this.#closing && (this.finished || !this.ended);
  }

  /** Whoever sleeps looks whether there was more while it worked. */
  get heard(): Heard {
    return { orders: this.#orders, places: this.#places };
  }

  /** How long a loop may sleep, ms. */
  get leftMs(): number {
    return this.#endedAtMs === null ? Number.POSITIVE_INFINITY : this.#endedAtMs + COLLECT_MS - Date.now();
  }

  /** The common end of all slices before the workflow continues as new, ms; null while that is far. */
  get commonEndMs(): number | null {
    return this.#commonEndMs;
  }

  get finished(): boolean {
    return this.loops.every((loop) => loop.last?.done === true);
  }

  pause(): void {
    this.carried.paused = true;
    this.#interrupt(['work']);
  }

  resume(): void {
    this.carried.paused = false;
    const halted = new Set(this.loops.flatMap(({ lane, last }) => (last === null || last.halt === null ? [] : lane)));
    for (const loop of this.loops) {
      if (loop.last === null || !halted.has(loop.lane)) continue;
      loop.last = { ...loop.last, halt: null };
      loop.resumed = true;
    }
    if (!this.ended) this.#interrupt(['collect']);
  }

  cancel(): void {
    this.#cancelRequested = true;
    this.#end();
  }

  /** Like a cancel, but that the run is complete for what it did. */
  endWindow(): void {
    if (!this.ended) this.#end();
  }

  close(): void {
    this.#closing = true;
    this.#orders += 1;
  }

  orders(loop: StrandLoop): Orders {
    const cancelling = this.#endedAtMs === null ? null : { collect: Date.now() < this.#endedAtMs + COLLECT_MS };
    const halt = this.loops.find((other) => other.lane === loop.lane && other.last?.halt)?.last?.halt ?? null;
    return { paused: this.carried.paused, cancelling, halt, closing: this.closing };
  }

  /** When a slice that begins now must be over, ms. */
  untilMs(): number | null {
    return this.#endedAtMs === null ? this.#commonEndMs : this.#endedAtMs + COLLECT_MS;
  }

  /** Registers a slice that an order may interrupt. @returns what ends that. */
  interruptible(scope: CancellationScope, lane: string, mode: Mode): () => void {
    return this.#slices.opened(scope, lane, mode);
  }

  async changed(): Promise<void> {
    const { orders } = this.heard;
    await condition(() => this.#orders !== orders);
  }

  hearOfPlaces(): void {
    this.#places += 1;
  }

  /** Returns at once where an order has come since, or, for a strand that waits for places, word of some. */
  async changedSince({ orders, places }: Heard, ms: number, waits: boolean): Promise<void> {
    const changed = (): boolean => this.#orders !== orders || (waits && this.#places !== places);
    if (!changed()) await condition(changed, ms);
  }

  /** A slice has ended. */
  took(loop: StrandLoop, mode: Mode, result: LastSlice): void {
    const halted = loop.last !== null && loop.last.halt !== null;
    loop.last = { ...result, halt: haltAfter(loop, mode, result) };
    loop.mode = mode;
    loop.unheard = false;
    this.#slicesTaken += 1;
    const { ok, failed, skipped } = summed(this.loops.flatMap(({ last }) => last ?? []));
    this.carried.samples = withRateSample(this.carried.samples, { atMs: Date.now(), ended: ok + failed + skipped });
    if (loop.last.halt !== null && !halted) this.#interrupt(['work'], loop.lane);
    // Slices that go on end by themselves; those that begin meanwhile end with the last of them.
    if (workflowInfo().historyLength >= this.carried.opened.historyEvents) this.#commonEndMs ??= this.#slices.lastEndMs;
  }

  get slicesTaken(): number {
    return this.#slicesTaken;
  }

  /** Where the logs end that hold the records of a range. */
  endsOf(range: number): StrandEnd[] {
    const { lanes } = this.carried.opened;
    const owners = this.loops.filter(({ lane, strand }) =>
      lanes.some(({ service, strands }) => service === lane && strand === range % strands),
    );
    return owners.flatMap(({ lane, strand, last }) => (last === null ? [] : [{ lane, strand, n: last.slice }]));
  }

  /** Every strand has passed a range, or will never. */
  ready(range: number): boolean {
    return this.finished || this.passed(range);
  }

  /** The range has every record it can have. */
  passed(range: number): boolean {
    return rangeReady(this.loops, this.carried.opened.lanes, range);
  }

  status(state: RunState | null): RunStatus {
    return statusOf(this.#view(state ?? this.state));
  }

  get state(): RunState {
    if (this.cancelled) return 'cancelling';
    if (this.carried.paused) return 'paused';
    const open = this.loops.filter((loop) => loop.last?.done !== true);
    const halted = open.length > 0 && open.every((loop) => this.orders(loop).halt !== null);
    return halted ? 'halted' : 'running';
  }

  #view(state: RunState): RunView {
    const { opened, input, loops, samples, merged } = this.carried;
    const strands = loops.flatMap(({ lane, last }) => (last === null ? [] : [{ service: lane, ...last }]));
    const { ref, tasks, output } = opened;
    return {
      runId: ref.runId,
      state,
      inputs: input.inputs,
      tasks,
      strands,
      samples,
      ranges: { done: merged, total: input.ranges },
      output,
      windowEndsMs: this.windowEndsMs,
    };
  }

  #end(): void {
    this.#endedAtMs ??= Date.now();
    this.#interrupt(['work', 'collect']);
  }

  #interrupt(modes: readonly Mode[], only?: string): void {
    this.#orders += 1;
    this.#slices.interrupt(modes, only);
  }
}
