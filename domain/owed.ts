import { canonicalJson } from './spec.ts';
import type { ErrorClass, ErrorCode } from './errors.ts';
import { ERRORS } from './errors.ts';
import type { Asked } from './ids.ts';
import { PREP_VERSION, type Tile } from './tile.ts';

/**
 * What is known of a tile asked a question before anybody asks it: `new` to this output; the object has `changed`; the
 * question has (`stale`); it `failed`; or it is `done`.
 */
export const TASK_STATES = ['new', 'changed', 'stale', 'failed', 'done'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** A question with the name that it has in every run that asks it. */
export interface NamedQuestion {
  readonly id: string;
  readonly asked: Asked;
}

/** What an earlier run has recorded about a tile. */
export interface Earlier<Run> {
  readonly run: Run;
  /** Where in the run: its range. */
  readonly range: number;
  readonly taskId: string;
  readonly question: NamedQuestion;
  readonly etag: string | null;
  /** Null where there is an answer. */
  readonly code: ErrorCode | null;
  readonly atMs: number;
}

export interface Judgement<Run> {
  readonly state: TaskState;
  /** In a few words: an error code, what changed; null where the state says all. */
  readonly reason: string | null;
  /** What the judgement rests on; null for `new`. */
  readonly earlier: Earlier<Run> | null;
  /** Of `failed`: how it has failed so far, in any run. */
  readonly codes?: readonly ErrorCode[];
}

/** Failures that the same bytes, prepared the same way, give again. */
const FINAL: readonly ErrorCode[] = ['unsupported_format', 'decode_failed', 'too_large', 'too_small', 'empty_tile'];

/** Records of it are no sign that the tile was looked at. */
function isFinal({ code, etag }: Pick<Earlier<unknown>, 'code' | 'etag'>): boolean {
  return code !== null && etag !== null && FINAL.includes(code);
}

/** An etag that nobody knows may be that of any object; only of what could not be read nothing more is known either. */
function isSameObject({ etag, code }: Earlier<unknown>, tile: Pick<Tile, 'etag'>): boolean {
  return etag === tile.etag && (etag !== null || code !== null);
}

/** @returns what makes two questions different, in words; none where they are the same. */
export function questionChanges(now: Asked, before: Asked): string[] {
  const differ = (pick: (asked: Asked) => unknown): boolean => canonicalJson([pick(now)]) !== canonicalJson([pick(before)]);
  const changes = {
    prompt: differ(({ task }) => [task.kind, task.prompt]),
    parameters: differ(({ task }) => [task.maxTokens, task.temperature, task.answer]),
    preparation: differ(({ image, preparation = PREP_VERSION }) => [image, preparation]),
    model: differ(({ api, model }) => [api, model]),
  };
  return Object.entries(changes).flatMap(([name, changed]) => (changed ? [name] : []));
}

function newest<Run>(all: readonly Earlier<Run>[]): Earlier<Run> | null {
  return all.reduce<Earlier<Run> | null>((best, one) => (best === null || one.atMs > best.atMs ? one : best), null);
}

/** Who asks: a task of a run, and of which object. */
export interface Wanted {
  readonly tile: Pick<Tile, 'etag'>;
  readonly taskId: string;
  readonly question: NamedQuestion;
}

function judgeAlike<Run>(alike: readonly Earlier<Run>[]): Judgement<Run> | null {
  const answered = newest(alike.filter(({ code }) => code === null));
  if (answered !== null) return { state: 'done', reason: null, earlier: answered };
  const failed = newest(alike);
  if (failed === null) return null;
  return { state: 'failed', reason: failed.code, earlier: failed, codes: alike.flatMap(({ code }) => code ?? []) };
}

/** What is nearest to the question: first the task of the same name, then any that asks the same kind of thing. */
function relatives<Run>({ taskId, question }: Wanted, earlier: readonly Earlier<Run>[]): readonly Earlier<Run>[] {
  const named = earlier.filter((one) => one.taskId === taskId || one.question.id === question.id);
  return named.length > 0 ? named : earlier.filter(({ question: { asked } }) => asked.task.kind === question.asked.task.kind);
}

/**
 * Judges one task of one tile by what earlier runs have recorded about that tile.
 * @param earlier any order, any task.
 */
export function judge<Run>(wanted: Wanted, earlier: readonly Earlier<Run>[]): Judgement<Run> {
  const { tile, question } = wanted;
  const alike = earlier.filter((one) => one.question.id === question.id && isSameObject(one, tile));
  const known = judgeAlike(alike);
  if (known !== null) return known;
  const related = relatives(wanted, earlier);
  const stale = newest(related.filter((one) => isSameObject(one, tile)));
  if (stale !== null) {
    const changes = questionChanges(question.asked, stale.question.asked);
    return { state: 'stale', reason: changes.join(', '), earlier: stale };
  }
  const changed = newest(related);
  if (changed !== null) return { state: 'changed', reason: 'object', earlier: changed };
  return { state: 'new', reason: null, earlier: null };
}

/** What a run asks: what is owed, everything, or of what failed only these codes and classes (all where it names none). */
export interface Asking {
  readonly all?: true;
  readonly retry?: { readonly codes?: readonly ErrorCode[]; readonly classes?: readonly ErrorClass[] };
}

/** @returns whether a failure is among those that a retry names; one that names none means all but skipped tiles. */
export function isRetried(code: ErrorCode, { codes, classes }: NonNullable<Asking['retry']>): boolean {
  if (codes === undefined && classes === undefined) return ERRORS[code].class !== 'skipped';
  return codes?.includes(code) === true || classes?.includes(ERRORS[code].class) === true;
}

/** @returns whether a judged task is to be asked; what is not is taken over from the run that recorded it. */
export function isOwed(judgement: Judgement<unknown>, { all, retry }: Asking): boolean {
  const { state, earlier, codes = [] } = judgement;
  if (all === true || earlier === null) return true;
  if (state === 'done') return false;
  if (state !== 'failed') return true;
  // The run that is retried may not be the last in which it failed.
  return retry === undefined ? !isFinal(earlier) : codes.some((code) => isRetried(code, retry));
}
