import type { BodyShape } from '../../domain/reply.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A body as far as no API need be known for it. */
export interface ReadBody {
  readonly shape: Exclude<BodyShape, 'documented' | 'empty_text'>;
  /** The fields where the body is a JSON object, otherwise none. */
  readonly fields: Fields;
  /** What the body's `error` says; null where it has none. */
  readonly error: string | null;
}

/** @returns the value as an object with fields; anything else has none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** @returns text with U+FFFD for halves of characters: many readers of JSON refuse a whole file for one of them. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** OpenAI's own shape is an object with a message; services also send plain text. */
function errorText(fields: Fields): string | null {
  const { error } = fields;
  const message = typeof error === 'string' ? error : fieldsOf(error)['message'];
  if (typeof message === 'string') return message;
  return error === undefined || error === null ? null : typeof error;
}

/** First pattern that fits; half a JSON is JSON that was cut, not some other text. */
const TEXT_SHAPES = [
  { starts: /^modal-http:/iu, shape: 'modal_text' },
  { starts: /^</u, shape: 'html' },
  { starts: /^[{[]/u, shape: 'json' },
] as const;

/** @returns what kind of text a body is; never throws, however deep, long or broken it is. */
export function readBody(text: string): ReadBody {
  const json = parsed(text);
  if (json === null) {
    const start = text.slice(0, 1_000).trimStart();
    return { shape: TEXT_SHAPES.find(({ starts }) => starts.test(start))?.shape ?? 'other', fields: {}, error: null };
  }
  const fields = fieldsOf(json.value);
  const error = errorText(fields);
  return { shape: error === null ? 'json' : 'error', fields, error };
}
