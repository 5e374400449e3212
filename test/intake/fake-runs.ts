import { Failure } from '../../domain/failure.ts';
import { inRun, PATHS, runPlace, type S3Location } from '../../domain/layout.ts';
import type { RunSpec } from '../../domain/spec.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import type { IntakeRuns } from '../../intake/ports.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import type { MemoryStore } from '../support/memory-store.ts';

/** One tile that a run asked about. */
export interface Asked {
  readonly runId: string;
  readonly name: string;
}

export interface FakeRunTimes {
  /** From the start of a run until its input is frozen. */
  readonly freezeMs: number;
  /** From then until it ends. */
  readonly askMs: number;
}

interface Line extends S3Location {
  readonly etag: string | null;
}

/**
 * Runs without Temporal and workers: each freezes the objects as they are then, and asks about those versions that no
 * run which has ended has asked about.
 */
export class FakeRuns implements IntakeRuns {
  readonly asked: Asked[] = [];
  readonly started: string[] = [];
  /** The etag that an object has now; undefined where there is none. */
  readonly objects = new Map<string, string>();
  times: FakeRunTimes = { freezeMs: 3_000, askMs: 60_000 };
  /** The most that were open at once. */
  peak = 0;
  private readonly open = new Set<string>();
  private readonly answered = new Set<string>();
  private readonly known = new Set<string>();
  private readonly terminated = new Set<string>();
  private readonly store: MemoryStore;
  private readonly clock: FakeClock;

  constructor(store: MemoryStore, clock: FakeClock) {
    this.store = store;
    this.clock = clock;
  }

  async start(runId: string, spec: RunSpec): Promise<void> {
    if (this.known.has(runId)) return;
    this.known.add(runId);
    this.open.add(runId);
    this.started.push(runId);
    this.peak = Math.max(this.peak, this.open.size);
    void this.work(runId, spec);
  }

  async look(runId: string): ReturnType<IntakeRuns['look']> {
    if (this.open.has(runId)) return 'open';
    if (this.terminated.has(runId)) return new Failure('Internal', `Run ${runId} was terminated in Temporal.`);
    return this.known.has(runId) ? 'ended' : 'unknown';
  }

  /** Temporal ends a run in the middle of its work; what it has not answered by then it never asks. */
  terminate(runId: string): void {
    this.terminated.add(runId);
    this.stop(runId);
  }

  /** Temporal is another one, which has never heard of the run. */
  forget(runId: string): void {
    this.known.delete(runId);
    this.stop(runId);
  }

  private stop(runId: string): void {
    this.open.delete(runId);
    const kept = this.asked.filter((one) => one.runId !== runId || this.answered.has(one.name));
    this.asked.splice(0, this.asked.length, ...kept);
  }

  private async work(runId: string, spec: RunSpec): Promise<void> {
    const { freezeMs, askMs } = this.times;
    await this.clock.sleep(freezeMs);
    const lines = this.freeze(runId, spec);
    const names = lines.filter(({ etag }) => etag !== null).map(({ key, etag }) => `${key}@${etag}`);
    const fresh = names.filter((name) => !this.answered.has(name));
    this.asked.push(...fresh.map((name) => ({ runId, name })));
    await this.clock.sleep(askMs);
    if (!this.open.has(runId)) return;
    for (const name of fresh) this.answered.add(name);
    this.open.delete(runId);
  }

  private freeze(runId: string, spec: RunSpec): Line[] {
    const ref = runPlace(spec.output.uri, runId);
    const text = this.store.text(spec.input.uri);
    const named = text.trimEnd().split('\n');
    const lines = named.map((line): Line => {
      const { bucket, key } = JSON.parse(line) as S3Location;
      return { bucket, key, etag: this.objects.get(key) ?? null };
    });
    const part = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const range = { lines: lines.length, bytes: part.length, sha256: '' };
    const frozen = { schema_version: 1, inputs: lines.length, ranges: [range], ignored: IGNORED_NONE };
    this.store.overwrite(inRun(ref, PATHS.manifestPart(0)), part);
    this.store.overwrite(inRun(ref, PATHS.frozen), JSON.stringify(frozen));
    return lines;
  }
}

/** @returns the names that were asked about more than once. */
export function askedTwice(asked: readonly Asked[]): string[] {
  const seen = new Set<string>();
  return asked.flatMap(({ name }) => {
    if (seen.has(name)) return [name];
    seen.add(name);
    return [];
  });
}
