import type { z } from 'zod';
import { check, type Checked } from './mistake.ts';

/** The environment of a program. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the text of a variable, or null where it is not set or empty. */
export function variable(environment: Environment, name: string): string | null {
  const text = environment[name]?.trim();
  return text === undefined || text === '' ? null : text;
}

/** @returns what a variable says, or null where it is not set, or the mistake that names it. */
export function checkVariable<T>(from: z.ZodType<T, string>, environment: Environment, name: string): Checked<T> {
  const text = variable(environment, name);
  return text === null ? { value: null, mistakes: [] } : check(from, text, [name]);
}
