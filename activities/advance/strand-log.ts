import { noteGiven, type Given } from '../../domain/given.ts';
import { fold, emptyFold, type Folded, type LogObject } from '../../domain/fold.ts';
import { inRun, parseLogKey, PATHS, type S3Location } from '../../domain/layout.ts';
import {
  compareAttempts,
  type Attempt,
  type CallLine,
  type Intent,
  type IntentRef,
  type IntentsHead,
  type LogHead,
  type SliceLine,
  type StrandState,
} from '../../domain/log.ts';
import { Failure } from '../../domain/failure.ts';
import type { RunRef } from '../../domain/run.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { textLines } from '../lines.ts';
import { putOnce } from '../put-once.ts';

/** How many log objects are read at once. */
const PARALLEL = 16;

export interface StrandLogOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly run: RunRef;
  readonly lane: string;
  readonly strand: number;
  readonly firstRange: number;
  /** Random: nobody else's bytes are ours. */
  readonly nonce: string;
  readonly attempt: Attempt;
}

/** A strand is lost when a later attempt has written where we would write next. Retryable: Temporal may still count on us. */
export function strandLost(options: Pick<StrandLogOptions, 'lane' | 'strand'>): Failure {
  return new Failure(
    'StrandLost',
    `Another attempt has taken over strand ${options.strand} of lane ${options.lane}; this one stops.`,
  );
}

/**
 * A strand's log, which is also its fence (reliability.md section 2): every object is put if absent under the next n;
 * who meets other bytes there has lost.
 */
export class StrandLog {
  readonly #options: StrandLogOptions;
  readonly #nextCalls = new Map<number, number>();
  #folded: Folded;
  /** n of our takeover; 0 before it. */
  #takeover = 0;
  #predecessorOpen = false;

  private constructor(options: StrandLogOptions) {
    this.#options = options;
    this.#folded = emptyFold(options.firstRange);
  }

  /** @param hint n of a slice known to be there, or 0: where reading may begin. */
  static async open(options: StrandLogOptions, hint: number): Promise<StrandLog> {
    const log = new StrandLog(options);
    await log.#read(hint);
    return log;
  }

  get folded(): Folded {
    return this.#folded;
  }

  get takeoverN(): number {
    return this.#takeover;
  }

  /** What stands before our takeover is not the end of a slice: its writer may still have requests open. */
  get predecessorOpen(): boolean {
    return this.#predecessorOpen;
  }

  /** Makes this attempt the strand's owner. @throws Failure StrandLost where a later attempt has been here. */
  async takeOver(): Promise<void> {
    const { nonce, attempt } = this.#options;
    for (;;) {
      const n = this.#folded.n + 1;
      const head: LogHead = { kind: 'takeover', n, nonce, attempt };
      if (await this.#put(n, `${JSON.stringify(head)}\n`)) {
        this.#takeover = n;
        this.#predecessorOpen = this.#folded.slice !== this.#folded.n;
        this.#folded = { ...this.#folded, n };
        return;
      }
      const found = await this.#readObject(n);
      if (found.head.kind === 'takeover' && compareAttempts(found.head.attempt, attempt) > 0) throw strandLost(this.#options);
      this.#folded = fold(this.#folded, found, this.#options.clock.now());
    }
  }

  /** Writes the intents of one refill under the next n. @throws Failure StrandLost. */
  async putIntents(intents: readonly Intent[], times: { beganAtMs: number; deadlineAtMs: number }): Promise<number> {
    const n = this.#folded.n + 1;
    const { nonce, attempt } = this.#options;
    const head: IntentsHead = {
      kind: 'intents',
      n,
      nonce,
      attempt,
      began_at_ms: times.beganAtMs,
      deadline_at_ms: times.deadlineAtMs,
    };
    await this.#append(n, [head, ...intents]);
    return n;
  }

  /** Writes the end of a slice: state first, then its records, already sorted. @returns its n. @throws Failure StrandLost. */
  async putSlice(stateAt: (n: number) => StrandState, records: readonly SliceLine[]): Promise<number> {
    const n = this.#folded.n + 1;
    const { nonce, attempt } = this.#options;
    const head: LogHead = { kind: 'slice', n, nonce, attempt, state: stateAt(n) };
    await this.#append(n, [head, ...records]);
    return n;
  }

  /** Writes what became of intents of object n; allowed also after the strand was lost. */
  async putCalls(n: number, lines: readonly CallLine[]): Promise<void> {
    const k = this.#nextCalls.get(n) ?? 0;
    this.#nextCalls.set(n, k + 1);
    const head = { kind: 'calls', n, k, nonce: this.#options.nonce };
    await this.#options.store.put(this.#at(PATHS.callsObject({ ...this.#place(), n, k })), jsonl([head, ...lines]));
  }

  /** Reads the calls beside intents object n again: a predecessor may still be writing them. */
  async readCalls(n: number): Promise<{ ref: IntentRef; line: CallLine }[]> {
    const { lane, strand } = this.#options;
    const stem = PATHS.logObject(lane, strand, n).replace(/jsonl$/u, 'calls.');
    const places: number[] = [];
    for await (const page of this.#options.store.list({ bucket: this.#options.run.bucket, prefix: this.#at(stem).key })) {
      places.push(...page.flatMap(({ key }) => parseLogKey(key)?.k ?? []));
    }
    const lines = await Promise.all(places.map((k) => this.#callLines(n, k)));
    return lines.flat().map((line) => ({ ref: { n, i: line.i }, line }));
  }

  /** @returns what the records of slice n say for other tiles of their requests, by request. */
  async answersOf(n: number): Promise<Map<string, Given>> {
    const answers = new Map<string, Given>();
    let first = true;
    for await (const line of this.#lines(PATHS.logObject(this.#options.lane, this.#options.strand, n))) {
      if (!first) noteGiven(answers, (JSON.parse(line) as SliceLine).record);
      first = false;
    }
    return answers;
  }

  async #append(n: number, lines: readonly unknown[]): Promise<void> {
    if (!(await this.#put(n, jsonl(lines)))) throw strandLost(this.#options);
    this.#folded = { ...this.#folded, n };
  }

  /** @returns whether our bytes stand at n: written now, or by an earlier try whose reply was lost. */
  async #put(n: number, body: string): Promise<boolean> {
    const at = this.#at(PATHS.logObject(this.#options.lane, this.#options.strand, n));
    return (await putOnce(this.#options.store, at, Buffer.from(body))) === 'written';
  }

  async #read(hint: number): Promise<void> {
    const { clock } = this.#options;
    const { objects, calls } = await this.#list(hint);
    for (const [n, ks] of calls) this.#nextCalls.set(n, Math.max(...ks) + 1);
    const tail: LogObject[] = [];
    for (let end = objects.length; end > 0; end -= PARALLEL) {
      const batch = objects.slice(Math.max(0, end - PARALLEL), end);
      const read = await Promise.all(batch.map((n) => this.#readObject(n, calls.get(n) ?? [])));
      tail.unshift(...read);
      if (read.some(({ head }) => head.kind === 'slice')) break;
    }
    for (const object of tail) this.#folded = fold(this.#folded, object, clock.now());
  }

  async #list(hint: number): Promise<{ objects: number[]; calls: Map<number, number[]> }> {
    const { run, lane, strand, store } = this.#options;
    const prefix = this.#at(PATHS.strandLog(lane, strand)).key;
    const startAfter = this.#at(PATHS.logObject(lane, strand, hint)).key.replace(/\.jsonl$/u, '');
    const objects: number[] = [];
    const calls = new Map<number, number[]>();
    for await (const page of store.list({ bucket: run.bucket, prefix, startAfter })) {
      for (const { key } of page) {
        const at = parseLogKey(key);
        if (at !== null && at.k === null) objects.push(at.n);
        if (at !== null && at.k !== null) calls.set(at.n, [...(calls.get(at.n) ?? []), at.k]);
      }
    }
    return { objects, calls };
  }

  /** Of a slice only its first line is read: its records are of no interest to whoever takes over. */
  async #readObject(n: number, ks?: readonly number[]): Promise<LogObject> {
    let head: LogHead | null = null;
    const intents: Intent[] = [];
    for await (const line of this.#lines(PATHS.logObject(this.#options.lane, this.#options.strand, n))) {
      if (head !== null) intents.push(JSON.parse(line) as Intent);
      head ??= JSON.parse(line) as LogHead;
      if (head.kind === 'takeover') return { head };
      if (head.kind === 'slice') return { head };
    }
    if (head === null) throw new Failure('Internal', `Log object ${n} of lane ${this.#options.lane} is empty.`);
    const calls = ks === undefined ? (await this.readCalls(n)).map(({ line }) => line) : await this.#callsOf(n, ks);
    return { head, intents, calls };
  }

  async #callsOf(n: number, ks: readonly number[]): Promise<CallLine[]> {
    return (await Promise.all(ks.map((k) => this.#callLines(n, k)))).flat();
  }

  async #callLines(n: number, k: number): Promise<CallLine[]> {
    const lines: string[] = [];
    for await (const line of this.#lines(PATHS.callsObject({ ...this.#place(), n, k }))) lines.push(line);
    return lines.slice(1).map((line) => JSON.parse(line) as CallLine);
  }

  async *#lines(path: string): AsyncGenerator<string> {
    yield* textLines(await this.#options.store.get(this.#at(path)));
  }

  #place(): { lane: string; strand: number } {
    return { lane: this.#options.lane, strand: this.#options.strand };
  }

  #at(path: string): S3Location {
    return inRun(this.#options.run, path);
  }
}

function jsonl(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
