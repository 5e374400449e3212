import picomatch from 'picomatch';
import { Failure } from '../../domain/failure.ts';
import type { InputSpec } from '../../domain/spec.ts';

type Matches = (key: string) => boolean;

/** Files whose name begins with a dot count; case does; a newline is a character like any other. */
const OPTIONS = { dot: true, flags: 's', windows: false } as const;

const DOT_SEGMENTS = /(^|\/)(\.{1,2})(?=\/|$)/gu;

/** No glob crosses a `.` or `..` segment, which in a key means nothing: there they are names like any other. */
function plain(key: string): string {
  return key.replace(DOT_SEGMENTS, '$1$2_');
}

function matcher(globs: readonly string[]): Matches {
  const matches = picomatch([...globs], OPTIONS);
  return (key) => matches(key) || matches(plain(key));
}

function refuseNegations(field: string, globs: readonly string[]): void {
  const negated = globs.find((glob) => /^!(?!\()/u.test(glob));
  if (negated === undefined) return;
  const other = field === 'include' ? 'exclude' : 'include';
  throw new Failure('InvalidSpec', `input.${field} has ${JSON.stringify(negated)}; write it without the ! in input.${other}.`);
}

/**
 * @returns whether a key (after the prefix; whole where a .jsonl names it) is wanted by include and exclude.
 * @throws Failure `InvalidSpec` for a glob that begins with `!`.
 */
export function keyFilter({ include, exclude }: Pick<InputSpec, 'include' | 'exclude'>): Matches {
  refuseNegations('include', include ?? []);
  refuseNegations('exclude', exclude ?? []);
  const included = include === undefined ? () => true : matcher(include);
  const excluded = exclude === undefined ? () => false : matcher(exclude);
  return (key) => included(key) && !excluded(key);
}
