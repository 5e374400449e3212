import type { AnswerType } from './spec.ts';

const NUMBER_WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
const NUMBER_WORD_VALUES: ReadonlyMap<string, number> = new Map(
  [...NUMBER_WORDS.entries()].map(([value, word]) => [word, value]),
);
const MULTIPLES = 'dozen|hundred|thousand|million|billion';
const ANY_WORD = `(?:${NUMBER_WORDS.join('|')}|thirty|forty|fifty|sixty|seventy|eighty|ninety|${MULTIPLES})`;

/**
 * A number that stands alone: not part of a word, a decimal or a code such as B12. Words that together say a larger
 * number, such as "twenty-one" or "two hundred", are one number, of which no part is read.
 */
const INTEGER = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.,-])(?:-?\d{1,3}(?:,\d{3})+|-?\d+|${ANY_WORD})` +
    String.raw`(?:[ -]${ANY_WORD}|(?<=${MULTIPLES}) and ${ANY_WORD})*(?![\p{L}\p{N}_]|[.,]\d|-\p{L})`,
  'iu',
);
const DIGITS = /^-?[\d,]+$/u;
const BOOLEAN = /^[\s"'*_([]*(yes|no|true|false)\b/iu;

function integer(text: string): string | null {
  const found = INTEGER.exec(text)?.[0];
  if (found === undefined) return null;
  if (DIGITS.test(found)) return String(BigInt(found.replaceAll(',', '')));
  return NUMBER_WORD_VALUES.get(found.toLowerCase())?.toString() ?? null;
}

function boolean(text: string): string | null {
  const word = BOOLEAN.exec(text)?.[1]?.toLowerCase();
  if (word === undefined) return null;
  return word === 'yes' || word === 'true' ? 'true' : 'false';
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
}

function oneOf(text: string, values: readonly string[]): string | null {
  const longestFirst = values.toSorted((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${longestFirst.join('|')})(?![\p{L}\p{N}_])`, 'giu');
  const found = new Set([...text.matchAll(pattern)].map(([match]) => match.toLowerCase()));
  const [only] = found;
  return found.size === 1 ? (values.find((value) => value.toLowerCase() === only) ?? null) : null;
}

/**
 * Reads an answer as its declared type (contract section 4): the first standalone number or number word up to twenty;
 * a leading yes, no, true or false; the one value that occurs.
 *
 * @returns the value as text, or null where the text says no such thing (or the type is text).
 */
export function parseAnswer(text: string, type: AnswerType): string | null {
  if (type.type === 'integer') return integer(text);
  if (type.type === 'boolean') return boolean(text);
  return type.type === 'enum' ? oneOf(text, type.values) : null;
}

const WORDS_PER_TOKEN = 0.75;
const NEAR_LIMIT = 0.9;
const FINISHED = /[.!?。！？)"'”’\]]\s*$/u;

/**
 * The service always says "stop" and counts words, so truncation cannot be seen: an answer near its limit that does
 * not end like a sentence is suspect, no more.
 */
export function suspectTruncated(text: string, maxTokens: number): boolean {
  const words = text.split(/\s+/u).filter((word) => word !== '').length;
  return words >= maxTokens * WORDS_PER_TOKEN * NEAR_LIMIT && !FINISHED.test(text);
}
