import type { z } from 'zod';
import { Failure, type FailureKind } from '../domain/failure.ts';
import { printable, short, shownName, withPlainAddresses } from '../domain/shown-address.ts';
import { expectation } from './expectation.ts';
import { ownField } from './json-object.ts';

/** Where in a document: names of fields and 0-based places in lists. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a document. */
export interface Mistake {
  readonly path: Path;
  /** What was found and what was expected, without the path. */
  readonly problem: string;
}

/** What came of checking a document: all of `value`, or at least one mistake. */
export interface Checked<T> {
  readonly value: T | null;
  readonly mistakes: readonly Mistake[];
}

const SHOWN_LENGTH = 60;

/** @returns a value as a mistake quotes it: short, and without the credentials or the query of an address. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return printable(short(withPlainAddresses(text), SHOWN_LENGTH));
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return typeof step === 'number' ? (value as unknown[])[step] : undefined;
    return ownField(value, String(step));
  }, document);
}

function mistakesOf(issue: z.core.$ZodIssue, document: unknown): Mistake[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const problems = issue.message.split('\n');
    return issue.keys.map((key, at) => ({ path: [...path, key], problem: problems[at] ?? 'unknown field' }));
  }
  return [{ path, problem: `${shown(valueAt(document, path))}; expected ${issue.message}` }];
}

/** Checks a document, or the part of one that stands at `path`, and names every mistake once. */
export function check<T>(schema: z.ZodType<T>, document: unknown, path: Path = []): Checked<T> {
  const result = schema.safeParse(document, { error: expectation });
  if (result.success) return { value: result.data, mistakes: [] };
  const all = result.error.issues.flatMap((issue) => mistakesOf(issue, document));
  const once = new Map(all.map((mistake) => [pathText(mistake.path), mistake]));
  return { value: null, mistakes: [...once.values()].map((found) => ({ ...found, path: [...path, ...found.path] })) };
}

/** @returns `tasks[1].question`. */
export function pathText(path: Path): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${shownName(step, SHOWN_LENGTH)}`));
  return steps.join('').replace(/^\./u, '');
}

/** @throws Failure that lists every mistake on a line of its own; does nothing where there is none. */
export function refuseMistakes(mistakes: readonly Mistake[], of: { readonly kind: FailureKind; readonly what: string }): void {
  if (mistakes.length === 0) return;
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  const lines = mistakes.map(({ path, problem }) => `  ${path.length === 0 ? '' : `${pathText(path)}: `}${problem}`);
  throw new Failure(of.kind, `${of.what} has ${count}:\n${lines.join('\n')}`);
}

/** Editors put it before UTF-8, and a parser does not take it for white space. */
const BYTE_ORDER_MARK = /^\uFEFF/u;

/** @returns the document that `text` is, or the one mistake that it is not JSON. */
export function readJson(text: string): Checked<unknown> {
  try {
    return { value: JSON.parse(text.replace(BYTE_ORDER_MARK, '')) as unknown, mistakes: [] };
  } catch (error) {
    // The engine's message may quote what stands around the mistake, and that may be a secret.
    const where = error instanceof SyntaxError ? error.message.replace(/, (\.\.\.)?".*$/su, '') : String(error);
    return { value: null, mistakes: [{ path: [], problem: `not JSON: ${where}` }] };
  }
}
