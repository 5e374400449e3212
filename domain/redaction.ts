import { withPlainAddresses } from './shown-address.ts';

/** Text from outside, made fit for a record, a log or a terminal: no secret, no image, no control characters. */

const DATA_URI = /data:[\w.+-]*(?:\/[\w.+-]*)?(?:;[\w.+=-]+)*,[^\s"'<>\\)]*/giu;
/** Longer than any id or hash that people need to read; base64 of a picture is far longer. */
const LONG_RUN = /[A-Za-z0-9+/=_-]{160,}/gu;

/** Shorter values (a `1`, a `yes`) are no secrets, and hiding them would make texts unreadable. */
const SHORTEST_SECRET = 6;

function spellings(secret: string): string[] {
  const words = secret.split(/\s+/u);
  return [secret, ...words].flatMap((text) => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)]);
}

/** @returns every spelling under which secrets may come back (whole, word by word, in a URL, in JSON), longest first. */
export function secretSpellings(secrets: readonly string[]): string[] {
  const all = new Set(secrets.flatMap(spellings).filter((text) => text.length >= SHORTEST_SECRET));
  return [...all].toSorted((a, b) => b.length - a.length);
}

/** @returns the text with data URIs, long runs of base64, what lets others in of addresses, and the given spellings of secrets taken out. */
export function redact(text: string, secrets: readonly string[]): string {
  const open = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  return withPlainAddresses(open.replace(DATA_URI, '[data URI]')).replace(LONG_RUN, '[...]');
}

// oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
const TERMINAL_SEQUENCE = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|.)/gu;
const LINE_END = /[\n\r\v\f\u0085\u2028\u2029]/u;
/** Controls, formats (bidi among them) and lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

const CUT_IN_HALF = /\p{Cs}$/u;

/** @returns the first line that says something, at most `longest` characters, printable characters only. */
export function firstLine(text: string, longest: number): string {
  const lines = text.replace(TERMINAL_SEQUENCE, '').split(LINE_END);
  const printable = lines.map((line) => line.replace(UNPRINTABLE, ' ').trim());
  return (printable.find((line) => line !== '') ?? '').slice(0, longest).replace(CUT_IN_HALF, '');
}
