import type { ErrorClass, ErrorCode } from './errors.ts';
import type { ServiceApi } from './service.ts';

/** Kinds of task that can be asked today, each with the API of its service and its folder in the output. */
export const TASK_KINDS = {
  caption: { api: 'qwen-vl', folder: 'captions' },
  vqa: { api: 'qwen-vl', folder: 'answers' },
} as const satisfies Record<string, { api: ServiceApi; folder: string }>;
export type TaskKind = keyof typeof TASK_KINDS;

export const PRIORITIES = ['interactive', 'nightly', 'backfill'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The declared type of an answer; it changes how the answer is read, never what is sent. */
export type AnswerType =
  | { readonly type: 'text' | 'integer' | 'boolean' }
  | { readonly type: 'enum'; readonly values: readonly string[] };

/** One question to every tile, defaults filled in. `prompt` is the question where the kind is vqa. */
export interface TaskSpec {
  readonly id: string;
  readonly kind: TaskKind;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly answer: AnswerType | null;
  readonly service: string;
}

/** How a tile becomes the picture that is sent. Undefined fields are chosen per tile (see docs on preparation). */
export interface ImageSpec {
  readonly maxSide: number;
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly quality: number;
  /** 1-based. */
  readonly bands?: readonly number[];
  readonly scale?: readonly [number, number];
  readonly nodata?: number;
  readonly minValidFraction: number;
}

/** Where the tiles are. */
export interface InputSpec {
  readonly uri: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly limit?: number;
  /** Tiles that are drawn, after the filters and from what the limit lets through. */
  readonly sample?: number;
  /** Which asset of a STAC Item is the picture. */
  readonly asset?: string;
  readonly requestPayer: boolean;
  readonly region?: string;
}

/** Whose failures are asked again: those with one of the codes or of one of the classes; all where neither is given. */
export interface RetrySpec {
  /** A run of the same output. */
  readonly run: string;
  readonly codes?: readonly ErrorCode[];
  readonly classes?: readonly ErrorClass[];
}

/** The hours that a run may use the GPUs in. */
export interface WindowSpec {
  /** Whose clocks `until` and the dates of addresses go by. */
  readonly timeZone: string;
  /** `HH:MM`: the next such time after the run's own date has begun to count. */
  readonly until?: string;
  /** ISO 8601: that moment, once it is known. */
  readonly endsAt?: string;
}

/** What a run is asked, with every default filled in. */
export interface RunSpec {
  readonly dataset: string;
  readonly input: InputSpec;
  readonly output: { readonly uri: string; readonly sseKmsKeyId?: string };
  readonly tasks: readonly TaskSpec[];
  readonly image: ImageSpec;
  readonly priority: Priority;
  readonly failures: { readonly maxPercent: number };
  /** Asks also what earlier runs of the same output have answered. */
  readonly all?: true;
  readonly retry?: RetrySpec;
  readonly window?: WindowSpec;
}

/** The most tiles that can be drawn: they are held in memory. */
export const SAMPLE_MAX = 25_000;

/** A spec may not be larger than this, as UTF-8 JSON. */
export const SPEC_MAX_BYTES = 16_384;

/** @returns the same JSON for the same value, whatever the order of its keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** @returns the text by which two specs are the same question; priority and window are matters of when, not of what. */
export function specIdentity({ window: _window, ...spec }: RunSpec): string {
  return canonicalJson({ ...spec, priority: null });
}
