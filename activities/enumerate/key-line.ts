import { parseS3Uri, type S3Location } from '../../domain/layout.ts';

const EXPECTED = 'expected {"key":"..."} or {"uri":"s3://bucket/key"}';
const MAX_KEY_BYTES = 1_024;
const HALF_CHARACTER = /\p{Cs}/u;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/u;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): Fields | string {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Fields)
      : `not an object; ${EXPECTED}`;
  } catch {
    return `not JSON; ${EXPECTED}`;
  }
}

function textField(fields: Fields, name: string): string | null {
  return typeof fields[name] === 'string' ? fields[name] : null;
}

function wrongField(fields: Fields): string | null {
  const wrong = ['key', 'uri', 'bucket'].find((name) => Object.hasOwn(fields, name) && typeof fields[name] !== 'string');
  return wrong === undefined ? null : `${wrong} is not text; ${EXPECTED}`;
}

/** @returns why S3 can have no such object; null where it can. */
export function wrongLocation({ bucket, key }: S3Location): string | null {
  if (!BUCKET.test(bucket)) return `${JSON.stringify(bucket)} is no name of a bucket`;
  if (key === '') return `the key is empty; ${EXPECTED}`;
  if (HALF_CHARACTER.test(key)) return 'the key holds half a character, which no S3 key can';
  return new TextEncoder().encode(key).length > MAX_KEY_BYTES ? `the key is longer than ${MAX_KEY_BYTES} bytes` : null;
}

function located(fields: Fields, bucket: string): S3Location | string {
  const [key, uri] = [textField(fields, 'key'), textField(fields, 'uri')];
  const named = key === null ? null : { bucket: textField(fields, 'bucket') ?? bucket, key };
  const addressed = uri === null ? null : parseS3Uri(uri);
  if (uri !== null && addressed === null) return `${JSON.stringify(uri.slice(0, 60))} is no S3 address; ${EXPECTED}`;
  return addressed ?? named ?? `neither key nor uri; ${EXPECTED}`;
}

/**
 * Reads a line that names a tile. `uri` counts before `key`; `bucket` goes with `key`; every other field is left alone,
 * so that records and manifests of an earlier run can be read too.
 *
 * @param bucket of the object that holds the line.
 * @returns the location, or what is wrong with the line.
 */
export function parseKeyLine(text: string, bucket: string): S3Location | string {
  const fields = fieldsOf(text);
  if (typeof fields === 'string') return fields;
  const wrong = wrongField(fields);
  if (wrong !== null) return wrong;
  const at = located(fields, bucket);
  return typeof at === 'string' ? at : (wrongLocation(at) ?? { bucket: at.bucket, key: at.key });
}
