import { keyFilter } from '../activities/enumerate/key-filter.ts';
import type { EventFilter } from '../domain/intake-counts.ts';
import { parseS3Uri } from '../domain/layout.ts';
import type { RunSpec } from '../domain/spec.ts';

/** @returns which events a spec wants: those below its input prefix that its globs let through. */
export function eventFilter(spec: RunSpec): EventFilter {
  const { bucket, key: prefix } = parseS3Uri(spec.input.uri) ?? { bucket: '', key: '' };
  return { bucket, prefix, wanted: keyFilter(spec.input) };
}
