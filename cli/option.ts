import { InvalidArgumentError } from 'commander';
import { nearestName } from '../schema/nearest.ts';

/** Texts of options into values; what is wrong is told by commander, with the option's name. */

/** @returns the values given so far with one more. */
export function collected(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** @returns the same for a few known words, each once. */
export function collectedFrom<Word extends string>(
  known: readonly Word[],
): (text: string, before: readonly Word[] | undefined) => readonly Word[] {
  return (text, before = []) => {
    const word = known.find((one) => one === text);
    if (word !== undefined) return before.includes(word) ? before : [...before, word];
    const nearest = nearestName(text, known);
    const meant = nearest === null ? `Expected one of ${known.join(', ')}.` : `Did you mean ${nearest}?`;
    throw new InvalidArgumentError(meant);
  };
}

/** @returns a reader of whole numbers from `low` on, up to `high` where there is one. */
export function wholeNumberFrom(low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = high === Number.MAX_SAFE_INTEGER ? `from ${low} on` : `from ${low} to ${high}`;
  return (text) => {
    const value = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

/** @returns a reader of whole numbers from `low` on, and of words that stand for something else. */
export function wholeNumberOr<const Words extends Readonly<Record<string, unknown>>>(
  low: number,
  words: Words,
): (text: string) => number | Words[keyof Words] {
  const whole = wholeNumberFrom(low);
  return (text) => {
    if (Object.hasOwn(words, text)) return words[text] as Words[keyof Words];
    try {
      return whole(text);
    } catch {
      throw new InvalidArgumentError(`Expected a whole number from ${low} on, or ${Object.keys(words).join(' or ')}.`);
    }
  };
}

/** @returns a reader of a list of names, separated by commas. */
export function listOf<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.filter((name) => !(known as readonly string[]).includes(name));
    if (unknown.length === 0) return [...new Set(names)] as Name[];
    throw new InvalidArgumentError(`Expected one or more of ${known.join(', ')}, separated by commas.`);
  };
}

/** @returns a reader of numbers from `low` on. */
export function numberFrom(low: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/u.test(text) ? Number(text) : Number.NaN;
    if (value >= low) return value;
    throw new InvalidArgumentError(`Expected a number from ${low} on.`);
  };
}

/** @param expected such as `the name of a time zone`. @returns a reader of texts that fit. */
export function fitting(expected: string, fits: (text: string) => boolean): (text: string) => string {
  return (text) => {
    if (fits(text)) return text;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
}
