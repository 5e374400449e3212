import { compareRecords } from '../domain/merge-order.ts';
import type { TileRecord } from '../domain/record.ts';

/** A task's answer for a sample tile. */
export interface SampleAnswer {
  readonly task_id: string;
  /** Null where the task has no answer. */
  readonly text: string | null;
  readonly value: string | null;
  readonly error_code: string | null;
}

/** A tile that stands for the run. */
export interface Sample {
  readonly bucket: string;
  readonly key: string;
  readonly uri: string;
  readonly etag: string | null;
  readonly version_id: string | null;
  readonly answers: SampleAnswer[];
}

const SAMPLES = 12;
const CANDIDATES = 4 * SAMPLES;
const MAX_TEXT = 2_000;

/** FNV-1a with the last mixing of MurmurHash3, so that neighbouring keys lie far apart. */
function rankOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Cuts between characters, never inside one. */
function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/u, '')} …`;
}

function answerOf(record: TileRecord): SampleAnswer {
  const text = record.text === null || record.status !== 'ok' ? null : shorten(record.text);
  return { task_id: record.task_id, text, value: record.value, error_code: record.error_code };
}

interface Candidate extends Sample {
  readonly rank: number;
}

function byPlace(a: Sample, b: Sample): number {
  return compareRecords({ ...a, task_id: '' }, { ...b, task_id: '' });
}

function inOrder(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || byPlace(a, b);
}

function answered(sample: Sample): number {
  return sample.answers.filter((answer) => answer.error_code === null).length;
}

/** @returns at most 12 of them, from all along the list. */
function evenly<T>(list: readonly T[]): T[] {
  const step = Math.max(1, list.length / SAMPLES);
  return list.filter((_each, at) => Math.floor(at / step) > Math.floor((at - 1) / step));
}

/**
 * Keeps the tiles whose key ranks lowest by a hash: spread evenly over the run, the same ones in every run of the
 * same tiles, whatever the order of the records, and in the same memory for any number of them.
 */
export class Sampler {
  readonly #kept = new Map<string, Candidate>();
  #worst = Number.POSITIVE_INFINITY;

  add(record: TileRecord): void {
    const name = JSON.stringify([record.key, record.bucket]);
    const rank = rankOf(name);
    if (rank > this.#worst) return;
    const { bucket, key, uri, etag, version_id } = record;
    this.#keep(name, { rank, bucket, key, uri, etag, version_id, answers: [answerOf(record)] });
  }

  merge(other: Sampler): void {
    for (const [name, candidate] of other.#kept) this.#keep(name, candidate);
  }

  /** @returns at most 12 tiles by key, evenly among those with every task answered where these are enough; none without an answer. */
  chosen(): Sample[] {
    const some = [...this.#kept.values()].filter((sample) => answered(sample) > 0);
    const byAnswers = some.toSorted((a, b) => answered(b) - answered(a) || inOrder(a, b));
    const most = byAnswers.filter((sample, _at, [best]) => best !== undefined && answered(sample) === answered(best));
    const pool = most.length < SAMPLES ? byAnswers.slice(0, SAMPLES) : most;
    return evenly(pool.toSorted(byPlace)).map(({ rank: _rank, ...sample }) => sample);
  }

  #keep(name: string, candidate: Candidate): void {
    const known = this.#kept.get(name);
    if (known === undefined) this.#kept.set(name, { ...candidate, answers: [...candidate.answers] });
    else known.answers.push(...candidate.answers);
    if (this.#kept.size > CANDIDATES) this.#drop();
  }

  #drop(): void {
    const byRank = [...this.#kept].toSorted(([, a], [, b]) => inOrder(a, b));
    const [name] = byRank.pop() ?? [];
    if (name !== undefined) this.#kept.delete(name);
    this.#worst = byRank.at(-1)?.[1].rank ?? this.#worst;
  }
}
