import { redact } from './redaction.ts';
import { oneLine } from './terminal.ts';

/** What an error says, with everything taken out that differs between two occurrences of the same one. */

const READ_AT_MOST = 600;
export const FINGERPRINT_LENGTH = 200;
/** Share of words in common from which on two texts are the same error. */
const ALIKE = 0.75;
export const NO_MESSAGE = '(no message)';

const IMAGE_NAME = /[^\s"'()<>,;]+\.(?:tiff?|jpe?g|png|webp|jp2|gif|bmp|jsonl?)\b/giu;

/** What varies, in the order in which it is made equal; no pattern finds what another has put there. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>()]*[^\s"'<>().,;:!?]/giu, '<uri>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?/gu, '<time>'],
  [/\b(?:\d+:)?\d?\d:\d\d(?:\.\d+)?\b/gu, '<time>'],
  [/"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu, '<text>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/giu, '<id>'],
  [/[^\s"'()<>,;:=/\\]*[/\\][^\s"'()<>,;:=]*[^\s"'()<>,;:=.!?]/gu, '<path>'],
  [IMAGE_NAME, '<path>'],
  [/\bfc-[\w-]+/gu, '<id>'],
  [/\b[a-z]{2,8}[-_](?=[A-Za-z_-]*\d)[\w-]{4,}/gu, '<id>'],
  [/\b0x[0-9a-f]+\b/giu, '<id>'],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/giu, '<id>'],
  [/(?<!\banswered \d*)\d+(?:[.,_]\d+)*/gu, '#'],
];

/**
 * @param message of a record, or null where it has none.
 * @returns the message on one line, at most 200 characters, with digits, ids, times, keys, paths, addresses and
 * quotations made equal; the HTTP status after "answered" stays, because it says what went wrong. No control
 * characters, data URIs or long runs of base64.
 */
export function fingerprintOf(message: string | null): string {
  const read = oneLine(redact(message ?? '', []), READ_AT_MOST);
  const same = VARYING.reduce((text, [pattern, stands]) => text.replace(pattern, stands), read);
  return oneLine(same, FINGERPRINT_LENGTH) || NO_MESSAGE;
}

/** How every sentence about a reply begins: its words say nothing of the error. */
const ANSWERED = /^The service answered (\d+)/u;

function words(text: string): Set<string> {
  const own = text.replace(ANSWERED, '').toLowerCase();
  return new Set(own.match(/[\p{L}\p{N}#]+|<\w+>/gu) ?? []);
}

/** @returns whether two fingerprints are one error said in slightly different words. */
export function alike(a: string, b: string): boolean {
  if (a === b) return true;
  if (ANSWERED.exec(a)?.[1] !== ANSWERED.exec(b)?.[1]) return false;
  const [ours, theirs] = [words(a), words(b)];
  const common = [...ours].filter((word) => theirs.has(word)).length;
  return common > 0 && 2 * common >= ALIKE * (ours.size + theirs.size);
}
