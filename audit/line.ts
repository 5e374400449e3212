import { check, pathText, readJson } from '../schema/mistake.ts';

type Schema<T> = Parameters<typeof check<T>>[0];

/** What a line says, or why it says nothing. */
export type Understood<T> = { readonly value: T } | { readonly problem: string };

/** @returns what a line of a part says. */
export function understood<T>(schema: Schema<T>, text: string | null): Understood<T> {
  if (text === null) return { problem: 'is not UTF-8.' };
  const json = readJson(text);
  const [broken] = json.mistakes;
  if (broken !== undefined) return { problem: `is ${broken.problem}.` };
  const { value, mistakes } = check(schema, json.value);
  if (value !== null) return { value };
  const [first] = mistakes;
  const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more mistakes)` : '';
  return { problem: `is not as such a line must be: ${pathText(first?.path ?? [])}: ${first?.problem ?? 'unknown'}${more}.` };
}
