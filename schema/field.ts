import { z } from 'zod';
import { meantName, nearHint } from './nearest.ts';

/**
 * The fields of which documents are made. The error text of each says what was expected, and stands in the
 * reference pages as the field's limits.
 */

/** @param low,high both allowed. `high` may be Infinity. */
interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeText(what: string, { low, high }: Range): string {
  return high === Infinity ? `${what}, at least ${low}` : `${what} from ${low} to ${high}`;
}

/** -0 is 0: both are written `0`. */
const plainZero = (value: number): number => value + 0;

/** A whole number within a range. */
export function wholeNumber(range: Range): z.ZodType<number, number> {
  const error = rangeText('a whole number', range);
  const whole = z.int({ error }).min(range.low, { error });
  return (range.high === Infinity ? whole : whole.max(range.high, { error })).overwrite(plainZero).meta({ expected: error });
}

/** A finite number within a range, or any where no range is given. */
export function realNumber(range?: Range): z.ZodType<number, number> {
  const error = range === undefined ? 'a number' : rangeText('a number', range);
  const { low, high } = range ?? { low: -Infinity, high: Infinity };
  const inside = (value: number): boolean => value >= low && value <= high;
  return z.number({ error }).refine(inside, { error }).overwrite(plainZero).meta({ expected: error });
}

/** Text that `fits`; `expected` says which. */
export function fittingText(expected: string, fits: (text: string) => boolean): z.ZodType<string, string> {
  return z.string({ error: expected }).refine(fits, { error: expected }).meta({ expected });
}

/** Text of a pattern; `expected` says in words which. */
export function patternText(expected: string, pattern: RegExp): z.ZodType<string, string> {
  return fittingText(expected, (text) => pattern.test(text));
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T): z.ZodType<T[number]> {
  const expected = `one of ${words.join(', ')}`;
  const error = (issue: { readonly input?: unknown }): string => `${expected}${nearHint(issue.input, words)}`;
  return z.enum(words, { error }).meta({ expected });
}

/** One or more of a few words, each once, in the order in which they are known. */
export function someOf<const T extends readonly [string, ...string[]]>(words: T, noun: string): z.ZodType<readonly T[number][]> {
  const error = `a list of one or more of ${words.join(', ')}`;
  const inOrder = (given: T[number][]): T[number][] => words.filter((word) => given.includes(word));
  const unknown = (issue: { readonly input?: unknown }): string =>
    typeof issue.input === 'string' ? `${noun} (${meantName(issue.input, words)})` : noun;
  return z
    .array(z.enum(words, { error: unknown }), { error })
    .min(1, { error: `${error}; leave the field out where all are meant` })
    .overwrite(inOrder)
    .meta({ expected: error });
}

/** `true` or `false` of JSON; no text and no number stands for either. */
export function flag(): z.ZodType<boolean, boolean> {
  const expected = 'true or false';
  return z.boolean({ error: expected }).meta({ expected });
}

/**
 * An object of exactly these fields. An unknown one is a mistake that names the nearest field.
 * @param hints what to say of names that are known not to belong here.
 * @param noun what its fields are called.
 */
export function strictFields<T extends z.core.$ZodLooseShape>(
  shape: T,
  hints: Readonly<Record<string, string>> = {},
  noun = 'field',
): z.ZodObject<T, z.core.$strict> {
  const known = Object.keys(shape);
  const unknownField = (key: string): string =>
    `unknown ${noun}; ${Object.hasOwn(hints, key) ? hints[key] : meantName(key, known)}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map(unknownField).join('\n') : `an object with ${known.join(', ')}`,
  });
}

/** Gives a field its meaning for the reference pages. Wraps last, so that defaults are inside. */
export function meaning<T extends z.ZodType>(field: T, text: string): T {
  return field.meta({ meaning: text });
}
