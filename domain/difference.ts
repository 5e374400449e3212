import { canonicalJson } from './spec.ts';

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | null {
  return value !== null && typeof value === 'object' ? (value as Fields) : null;
}

function step(parent: unknown, path: string, name: string): string {
  if (Array.isArray(parent)) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** @returns the fields in which two documents differ, such as `tasks[1].question`; none where they are the same. */
export function differences(one: unknown, other: unknown, path = ''): string[] {
  if (canonicalJson([one]) === canonicalJson([other])) return [];
  const [left, right] = [fieldsOf(one), fieldsOf(other)];
  if (left === null || right === null || Array.isArray(one) !== Array.isArray(other)) return [path];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differences(left[name], right[name], step(one, path, name)));
}
