/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What would lead a child to somebody else's servers or credentials. */
const ELSEWHERE = /^(?:AWS|TEMPORAL)_/;

/**
 * The environment of a child of the local stack: everything of the parent's but what points to AWS or Temporal,
 * and then what the stack says of its own servers.
 */
export function childEnvironment(parent: Environment, own: Environment): Record<string, string> {
  const kept = Object.entries(parent).filter(([name]) => !ELSEWHERE.test(name));
  const all = [...kept, ...Object.entries(own)];
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** @returns the variables of `environment` whose names start with `prefix`. */
export function variablesWith(prefix: string, environment: Environment): Record<string, string> {
  const named = Object.entries(environment).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
