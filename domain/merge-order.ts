import type { S3Location } from './layout.ts';

/** What places a record in a part. */
export interface RecordPlace {
  readonly bucket: string;
  readonly key: string;
  readonly task_id: string;
}

const SURROGATES = 0xd8_00;
const PAST_SURROGATES = 0xe0_00;

/** Moves surrogates behind every other UTF-16 unit: where UTF-8 has the characters they stand for. */
function rank(unit: number): number {
  if (unit < SURROGATES) return unit;
  return unit < PAST_SURROGATES ? unit + 0x20_00 : unit - 0x8_00;
}

/**
 * Compares by UTF-8 bytes, as S3 lists keys. JavaScript's own order differs: it puts U+1F6A2 before U+FF5E.
 * @returns below 0 where `a` comes first, 0 only for equal texts.
 */
export function compareUtf8(a: string, b: string): number {
  // Where two orders are gone through side by side most are equal, which is told faster than character by character.
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = a.charCodeAt(at) - b.charCodeAt(at);
    if (difference !== 0) return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
  }
  return a.length - b.length;
}

/** The order of a manifest: the UTF-8 bytes of key, then bucket. */
export function compareLocations(a: S3Location, b: S3Location): number {
  return compareUtf8(a.key, b.key) || compareUtf8(a.bucket, b.bucket);
}

/** The order of a part's lines: the UTF-8 bytes of key, then bucket, then task id (contract section 3). */
export function compareRecords(a: RecordPlace, b: RecordPlace): number {
  return compareLocations(a, b) || compareUtf8(a.task_id, b.task_id);
}

/** @returns how a task without a record is named in `missing`. */
export function missingName(at: RecordPlace): string {
  return `${at.bucket}/${at.key}#${at.task_id}`;
}
