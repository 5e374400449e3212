import { parseS3Uri, type S3Location } from '../../domain/layout.ts';
import { holdsSecret, shownAddress } from '../../domain/shown-address.ts';

const EXPECTED = 'expected {"key":"..."} or {"uri":"s3://bucket/key"}';
const MAX_KEY_BYTES = 1_024;
const HALF_CHARACTER = /\p{Cs}/u;
const LONGEST_SHOWN = 60;
/** What a key never begins with, unless somebody took an address for one. */
const WEB_ADDRESS = /^https?:\/\//iu;
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

/** What stands in its place may be a key and its secret. */
function shownBucket(bucket: string): string {
  return shownAddress(`s3://${bucket}`, LONGEST_SHOWN);
}

/** @returns why S3 can have no such object; null where it can. */
export function wrongLocation({ bucket, key }: S3Location): string | null {
  if (!BUCKET.test(bucket)) return `${shownBucket(bucket)} is no name of a bucket`;
  if (key === '') return `the key is empty; ${EXPECTED}`;
  if (HALF_CHARACTER.test(key)) return 'the key holds half a character, which no S3 key can';
  return new TextEncoder().encode(key).length > MAX_KEY_BYTES ? `the key is longer than ${MAX_KEY_BYTES} bytes` : null;
}

function quoted(address: string, why: string): string {
  return `${shownAddress(address, LONGEST_SHOWN)} is ${why}; ${EXPECTED}`;
}

/** @param named what the same line says as a key: an object may be called so, and a record of it says both. */
function addressed(uri: string, named: S3Location | null): S3Location | string {
  const at = parseS3Uri(uri);
  if (at === null) return quoted(uri, 'no S3 address');
  return holdsSecret(uri) && named?.key !== at.key ? quoted(uri, 'signed') : at;
}

function located(fields: Fields, bucket: string): S3Location | string {
  const [key, uri] = [textField(fields, 'key'), textField(fields, 'uri')];
  const named = key === null ? null : { bucket: textField(fields, 'bucket') ?? bucket, key };
  if (uri !== null) return addressed(uri, named);
  if (named === null) return `neither key nor uri; ${EXPECTED}`;
  return WEB_ADDRESS.test(named.key) && holdsSecret(named.key) ? quoted(named.key, 'signed, and no key') : named;
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
