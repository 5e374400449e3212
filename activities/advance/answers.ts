import type { Given } from '../../domain/given.ts';
import { holderId } from '../../domain/ids.ts';
import type { RunRef } from '../../domain/run.ts';
import { MIB } from '../../domain/units.ts';

/** A strand as far as answers are kept of it. */
export interface StrandName {
  readonly run: RunRef;
  readonly lane: string;
  readonly strand: number;
}

const MOST = { answers: 10_000, bytes: 16 * MIB, strands: 1_000 } as const;
/** What an answer takes beside its text, about. */
const FRAME_BYTES = 400;

function sizeOf({ answer }: Given): number {
  return 2 * answer.text.length + FRAME_BYTES;
}

/**
 * Answers that stand in a log, by request: a tile that comes later with the same picture is not asked again. Bounded,
 * the least used go first. It outlives slices and is shared by all strands of a worker; strands of one lane share what
 * they know.
 */
export class Answers {
  readonly #kept = new Map<string, Given>();
  /** n of the last slice of each strand whose answers are in here, or were. */
  readonly #heard = new Map<string, number>();
  #bytes = 0;

  /** @param request its name in the lane. */
  of({ run, lane }: StrandName, request: string): Given | undefined {
    const name = `${run.bucket}/${run.prefix}${lane}/${request}`;
    const given = this.#kept.get(name);
    if (given === undefined) return undefined;
    this.#kept.delete(name);
    this.#kept.set(name, given);
    return given;
  }

  /** @returns n of the last slice that was kept; 0 where none was. */
  heard({ run, lane, strand }: StrandName): number {
    return this.#heard.get(holderId(run, lane, strand)) ?? 0;
  }

  /** Keeps what slice n says. */
  keep(strand: StrandName, n: number, given: ReadonlyMap<string, Given>): void {
    const { run, lane } = strand;
    const holder = holderId(run, lane, strand.strand);
    const heard = Math.max(n, this.heard(strand));
    this.#heard.delete(holder);
    this.#heard.set(holder, heard);
    const [oldest] = this.#heard.keys();
    if (this.#heard.size > MOST.strands && oldest !== undefined) this.#heard.delete(oldest);
    for (const [request, answer] of given) this.#add(`${run.bucket}/${run.prefix}${lane}/${request}`, answer);
  }

  #add(name: string, given: Given): void {
    this.#drop(name);
    this.#kept.set(name, given);
    this.#bytes += sizeOf(given);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST.answers && this.#bytes <= MOST.bytes) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    const given = this.#kept.get(name);
    if (given === undefined) return;
    this.#kept.delete(name);
    this.#bytes -= sizeOf(given);
  }
}
