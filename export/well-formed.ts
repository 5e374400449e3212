/** Halves of a surrogate pair that stand alone: UTF-8 has none, and many readers refuse the escapes that JSON has for them. */
const LONE_SURROGATE = /\p{Cs}/gu;
const ESCAPED_SURROGATE = /\\ud[89a-f]/u;

/** @returns the text with U+FFFD in place of what no UTF-8 can say. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD');
}

function wellFormedKeys(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [wellFormed(key), inner]));
}

function wellFormedValue(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? wellFormedKeys(value) : value;
}

/** @returns JSON on one line: control characters are escaped, and nothing in it is half a character. */
export function jsonText(value: object): string {
  const text = JSON.stringify(value);
  return ESCAPED_SURROGATE.test(text) ? JSON.stringify(value, wellFormedValue) : text;
}
