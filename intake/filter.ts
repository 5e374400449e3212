import { keyFilter } from '../activities/enumerate/key-filter.ts';
import { hasDate } from '../domain/date-template.ts';
import { Failure } from '../domain/failure.ts';
import type { EventFilter } from '../domain/intake-counts.ts';
import { parseS3Uri } from '../domain/layout.ts';
import type { RunSpec } from '../domain/spec.ts';
import { namesTiles } from '../schema/uri.ts';

/** What a spec may not say, each with what to do instead. */
const REFUSED: readonly { readonly when: (spec: RunSpec) => boolean; readonly says: string }[] = [
  {
    when: ({ input }) => namesTiles(input.uri),
    says: 'input.uri names a list of tiles; expected the prefix whose events are taken in, s3://bucket/prefix/',
  },
  {
    when: ({ input, output }) => hasDate(input.uri) || hasDate(output.uri),
    says: 'input.uri or output.uri has a {date}, and an event has none; write them without, or use `tilescribe schedule`',
  },
  { when: ({ retry }) => retry !== undefined, says: 'retry asks what has failed, not what is new; remove it' },
  {
    when: ({ window }) => window !== undefined,
    says: 'window is for schedules: what a run leaves at its end no event brings again; remove it',
  },
];

/**
 * @returns which events the spec wants: those below its input prefix that its globs let through.
 * @throws Failure `InvalidSpec` that names everything that has no sense for events.
 */
export function eventFilter(spec: RunSpec): EventFilter {
  const wrong = REFUSED.filter(({ when }) => when(spec)).map(({ says }) => `  ${says}`);
  if (wrong.length > 0) throw new Failure('InvalidSpec', ['The spec is not one for events:', ...wrong].join('\n'));
  const { bucket, key: prefix } = parseS3Uri(spec.input.uri) ?? { bucket: '', key: '' };
  return { bucket, prefix, wanted: keyFilter(spec.input) };
}
