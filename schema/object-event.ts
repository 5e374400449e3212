import type { EventMessage, ObjectEvent } from '../domain/object-event.ts';
import { shownAddress } from '../domain/shown-address.ts';
import { isJsonObject, ownField } from './json-object.ts';

/** Notifications of S3 as they come through a queue: straight, in an SNS envelope, or from EventBridge. */

const EXPECTED = 'expected an event of S3, straight, through SNS or from EventBridge';
const MOST_ENVELOPES = 2;
const BUCKET_EXPECTED = 'the name of a bucket';
const KEY_EXPECTED = 'the key of an object';
const MAX_KEY_BYTES = 1_024;
const HALF_CHARACTER = /\p{Cs}/u;

class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

type Change = ObjectEvent['change'];

/** Of a notification, by what its name begins with. */
const NOTIFIED: readonly (readonly [begins: string, change: Change])[] = [
  ['ObjectCreated:', 'created'],
  ['ObjectRemoved:', 'deleted'],
  ['LifecycleExpiration:', 'deleted'],
];

/** Of EventBridge, by its detail-type. */
const BRIDGED: Readonly<Record<string, Change>> = {
  'Object Created': 'created',
  'Object Deleted': 'deleted',
};

function textAt(value: unknown, path: readonly string[]): string | null {
  const found = path.reduce<unknown>(ownField, value);
  return typeof found === 'string' && found !== '' ? found : null;
}

function requiredText(value: unknown, path: readonly string[], expected: string): string {
  const found = textAt(value, path);
  if (found === null) throw new Unreadable(`${path.join('.')} is missing; expected ${expected}`);
  return found;
}

/** Keys of notifications are encoded as in forms. */
function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Unreadable(`the key ${shownAddress(text, 60)} is not percent-encoded UTF-8`);
  }
}

function requireKey(key: string): void {
  const fits = new TextEncoder().encode(key).length <= MAX_KEY_BYTES;
  if (!fits || HALF_CHARACTER.test(key)) throw new Unreadable(`the key is not UTF-8 text of at most ${MAX_KEY_BYTES} bytes`);
}

function hex(text: string | null): string | null {
  return text !== null && /^[0-9a-f]+$/iu.test(text) ? text : null;
}

interface Fields {
  readonly change: Change;
  readonly bucket: string;
  readonly key: string;
  /** What tells of the object. */
  readonly object: unknown;
  /** The name of its field for the etag. */
  readonly etag: string;
  readonly version: string;
  /** Whether the version is that of a delete marker, which hides all others. */
  readonly marker: boolean;
}

function eventOf({ change, bucket, key, object, etag, version, marker }: Fields): ObjectEvent {
  requireKey(key);
  const size = ownField(object, 'size');
  const found = textAt(object, [etag])?.replace(/^"|"$/gu, '') ?? null;
  if (change === 'created' && found === null) throw new Unreadable(`object.${etag} is missing; expected the etag of the object`);
  return {
    change,
    bucket,
    key,
    etag: found,
    versionId: marker ? null : textAt(object, [version]),
    sizeBytes: typeof size === 'number' ? size : null,
    sequencer: hex(textAt(object, ['sequencer'])),
  };
}

function notified(record: unknown): ObjectEvent | null {
  if (textAt(record, ['eventSource']) !== 'aws:s3') throw new Unreadable(`eventSource is not aws:s3; ${EXPECTED}`);
  const name = requiredText(record, ['eventName'], 'the name of an event').replace(/^s3:/u, '');
  const change = NOTIFIED.find(([begins]) => name.startsWith(begins))?.[1];
  if (change === undefined) return null;
  const bucket = requiredText(record, ['s3', 'bucket', 'name'], BUCKET_EXPECTED);
  const key = decodedKey(requiredText(record, ['s3', 'object', 'key'], KEY_EXPECTED));
  const object = ownField(ownField(record, 's3'), 'object');
  const marker = name.endsWith(':DeleteMarkerCreated');
  return eventOf({ change, bucket, key, object, etag: 'eTag', version: 'versionId', marker });
}

/** Keys of EventBridge stand as they are. */
function bridged(event: unknown, type: string): ObjectEvent | null {
  const change = Object.hasOwn(BRIDGED, type) ? BRIDGED[type] : undefined;
  if (change === undefined) return null;
  const bucket = requiredText(event, ['detail', 'bucket', 'name'], BUCKET_EXPECTED);
  const key = requiredText(event, ['detail', 'object', 'key'], KEY_EXPECTED);
  const object = ownField(ownField(event, 'detail'), 'object');
  const marker = textAt(event, ['detail', 'deletion-type']) === 'Delete Marker Created';
  return eventOf({ change, bucket, key, object, etag: 'etag', version: 'version-id', marker });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Unreadable(`not JSON; ${EXPECTED}`);
  }
}

/** @param records what each of them says; null where it is something else. */
function messageOf(records: readonly (ObjectEvent | null)[]): EventMessage {
  const events = records.filter((record) => record !== null);
  return { kind: 'events', events, others: Math.max(1, records.length) - events.length };
}

function read(text: string, envelopes: number): EventMessage {
  const document = jsonOf(text);
  if (!isJsonObject(document)) throw new Unreadable(`not an object; ${EXPECTED}`);
  const { Records: records, Message: message } = document;
  if (Array.isArray(records)) return messageOf((records as unknown[]).map(notified));
  if (textAt(document, ['Event']) === 's3:TestEvent') return { kind: 'test' };
  const type = textAt(document, ['detail-type']);
  if (type !== null && textAt(document, ['source']) === 'aws.s3') return messageOf([bridged(document, type)]);
  if (typeof message === 'string' && envelopes < MOST_ENVELOPES) return read(message, envelopes + 1);
  throw new Unreadable(`neither Records, nor detail-type of aws.s3, nor Message; ${EXPECTED}`);
}

/** Reads the body of a message. A message of several records is read whole or not at all. */
export function readEventMessage(body: string): EventMessage {
  try {
    return read(body, 0);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'unreadable', reason: error.message };
  }
}
