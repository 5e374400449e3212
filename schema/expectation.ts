import type { z } from 'zod';

/** What a field should have been, where its schema has no words of its own: documents that only programs write. */

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** @param least the lower limit; otherwise the upper one. */
function limitText({ origin, limit, least }: { origin: string; limit: number | bigint; least: boolean }): string {
  const limited = `${least ? 'at least' : 'at most'} ${limit}`;
  if (origin === 'string') return `text of ${limited} characters`;
  if (origin === 'array') return `a list of ${limited}`;
  return `${TYPES[origin] ?? 'a value'}, ${limited}`;
}

/** @returns the words for an issue, as they follow "expected"; one line a key where keys are unknown. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? `a value of another type`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value) ?? String(value)).join(' or ');
    case 'too_small':
      return limitText({ origin: issue.origin, limit: issue.minimum, least: true });
    case 'too_big':
      return limitText({ origin: issue.origin, limit: issue.maximum, least: false });
    case 'unrecognized_keys':
      return issue.keys.map(() => 'unknown field').join('\n');
    case 'invalid_format':
      return issue.format === 'datetime' ? 'a moment as ISO 8601' : 'text of another form';
    default:
      return 'another value';
  }
}
