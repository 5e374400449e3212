import { givenS3Uri, parseS3Uri, s3Uri, type S3Location } from '../domain/layout.ts';
import { fittingText } from './field.ts';

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/u;
const HALF_CHARACTER = /\p{Cs}/u;
const CONTROL_CHARACTER = /\p{Cc}/u;
const MAX_OUTPUT_PREFIX_BYTES = 800;
const MAX_SEGMENT_BYTES = 255;

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function folder(at: S3Location): S3Location {
  return at.key === '' || at.key.endsWith('/') ? at : { bucket: at.bucket, key: `${at.key}/` };
}

function locationOf(uri: string): S3Location | null {
  const at = givenS3Uri(uri);
  return at !== null && BUCKET.test(at.bucket) && !HALF_CHARACTER.test(at.key) ? at : null;
}

/** What an input is: a prefix that holds the tiles, or one object that names them. */
export type InputKind = 'prefix' | 'key_list' | 'inventory' | 'stac';

/** Of these the first that fits. */
const NAMED: readonly (readonly [RegExp, InputKind])[] = [
  [/\.jsonl$/u, 'key_list'],
  [/(?:^|\/)manifest\.json$/u, 'inventory'],
  [/\.(?:json|geojson)$/u, 'stac'],
];

/** @returns what an input is, by how its address ends. */
export function inputKind(inputUri: string): InputKind {
  const key = parseS3Uri(inputUri)?.key ?? '';
  return NAMED.find(([ending]) => ending.test(key))?.[1] ?? 'prefix';
}

/** @returns whether the input is one object that names the tiles, and not a prefix that holds them. */
export function namesTiles(inputUri: string): boolean {
  return inputKind(inputUri) !== 'prefix';
}

function canonicalInput(uri: string): string | null {
  const at = locationOf(uri);
  if (at === null) return null;
  return s3Uri(namesTiles(uri) ? at : folder(at));
}

/** Keys we write have no empty, `.` or `..` segment, and no segment that a file system would refuse. */
function writable(prefix: string): boolean {
  const segments = prefix.split('/').slice(0, -1);
  const fine = (segment: string): boolean => !['', '.', '..'].includes(segment) && bytes(segment) <= MAX_SEGMENT_BYTES;
  return segments.every(fine) && !CONTROL_CHARACTER.test(prefix) && bytes(prefix) <= MAX_OUTPUT_PREFIX_BYTES;
}

function canonicalOutput(uri: string): string | null {
  const at = locationOf(uri);
  if (at === null) return null;
  const place = folder(at);
  return writable(place.key) ? s3Uri(place) : null;
}

/** Where tiles are read: `s3://bucket/tiles` and `s3://bucket/tiles/` are the same prefix, `tiles/`. */
export const INPUT_URI = fittingText(
  's3://bucket/prefix/, or one object that names the tiles: a list ending in .jsonl, the manifest.json of an S3 Inventory, or STAC ending in .json or .geojson',
  (uri) => canonicalInput(uri) !== null,
);

/** Where results are written; the slash at the end is added. */
export const OUTPUT_URI = fittingText(
  's3://bucket/prefix/ without empty, . or .. segments, at most 800 bytes',
  (uri) => canonicalOutput(uri) !== null,
);

/** @returns an address that {@link INPUT_URI} took, in the one form it has inside. */
export function inputInside(uri: string): string {
  return canonicalInput(uri) ?? uri;
}

/** @returns an address that {@link OUTPUT_URI} took, with its slash. */
export function outputInside(uri: string): string {
  return canonicalOutput(uri) ?? uri;
}

/** @returns whether results would lie among the tiles, and so become input of the next run. */
export function liesInside(outputUri: string, inputUri: string): boolean {
  const input = locationOf(inputInside(inputUri));
  const output = locationOf(outputInside(outputUri));
  if (input === null || output === null || namesTiles(inputUri)) return false;
  return input.bucket === output.bucket && output.key.startsWith(input.key);
}
