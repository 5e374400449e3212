import type { TileRecord } from '../domain/record.ts';
import { COLUMNS } from './columns.ts';
import type { Format } from './format.ts';
import { jsonText, wellFormed } from './well-formed.ts';

/**
 * RFC 4180: a header, CRLF after every line, quotes doubled. Texts are always in quotes, numbers and booleans never, and
 * null is nothing at all, so that an empty text and no text differ.
 */

const LINE_END = '\r\n';

/**
 * What makes a spreadsheet read a cell as a formula (owasp.org/www-community/attacks/CSV_Injection), the full-width forms
 * too. Texts that already have apostrophes before it get one more, so that taking one away always gives the text back.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;
/** Answers such as "-5" are no formulas. */
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu;

function disarmed(text: string): string {
  return FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

/** Readers stop at NUL, in quotes or not. */
function readable(text: string): string {
  return wellFormed(text).replaceAll('\0', '\uFFFD');
}

function quoted(text: string): string {
  return `"${disarmed(readable(text)).replaceAll('"', '""')}"`;
}

/** @returns a value as a cell; lists and objects as JSON. */
export function csvCell(value: string | number | boolean | object | null): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return quoted(typeof value === 'string' ? value : jsonText(value));
}

function csvLine(record: TileRecord): string {
  return `${COLUMNS.map((column) => csvCell(record[column] ?? null)).join(',')}${LINE_END}`;
}

export const csv: Format = {
  summary: 'every field of every record, for spreadsheets',
  head: `${COLUMNS.join(',')}${LINE_END}`,
  line: csvLine,
  lacks: null,
};
