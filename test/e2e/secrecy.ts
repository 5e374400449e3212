import type { Client } from '@temporalio/client';
import type { Bucket } from './bucket.ts';

/** P7: what may stand nowhere that tilescribe writes, and everything that it writes. */

/** Every scene's services want this header; its value is a secret of the environment. */
export const SECRET_HEADER = 'x-scene-key';
export const SECRET_VALUE = 'cAnArY-of-a-secret-header';

/** Something that was written, and where. */
export interface Told {
  readonly where: string;
  readonly text: string;
}

/** Text that gives a secret away, with what it is. */
interface Canary {
  readonly what: string;
  readonly text: string;
}

const ALWAYS: readonly Canary[] = [
  { what: 'a secret header', text: SECRET_VALUE },
  { what: 'a secret header in base64', text: Buffer.from(SECRET_VALUE).toString('base64').replaceAll('=', '').slice(0, -1) },
  { what: 'an upstream traceback', text: 'Traceback (most recent' },
  { what: 'an upstream traceback', text: '/app/simulated.py' },
];
const DATA_URI: Canary = { what: 'a data URI', text: ';base64,' };
/** Shows small pictures of some tiles, for people; the only one of its kind. */
const WITH_PICTURES = 'report.html';

/** @returns how bytes look in base64, wherever in a longer text they stand. */
function inBase64(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) =>
    Buffer.from(bytes.subarray(shift, shift + 3 * Math.floor((bytes.length - shift) / 3))).toString('base64'),
  );
}

/** @returns canaries for bytes of a picture: as they are, and in base64. */
export function pictureCanaries(bytes: Uint8Array): Canary[] {
  const texts = [Buffer.from(bytes).toString('latin1'), ...inBase64(bytes)];
  return texts.map((text) => ({ what: 'bytes of a picture', text }));
}

const WINDOW_BYTES = 48;

/** Bytes from the middle of a picture, which no other has. */
async function windowOf(bucket: Bucket, key: string): Promise<Uint8Array> {
  const bytes = await bucket.get(key);
  const middle = Math.floor(bytes.length / 2);
  return bytes.subarray(middle, middle + WINDOW_BYTES);
}

/** @returns canaries of the first pictures below `tiles/`. */
export async function canariesOf(bucket: Bucket): Promise<Canary[]> {
  const keys = (await bucket.keys('tiles/')).filter((key) => key.endsWith('.jpg')).slice(0, 3);
  const windows = await Promise.all(keys.map((key) => windowOf(bucket, key)));
  return windows.filter(({ length }) => length === WINDOW_BYTES).flatMap(pictureCanaries);
}

function decoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** @returns every text in a message of Temporal's, payloads opened. */
export function textsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return decoded(value);
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join('\n');
}

/** @returns the histories of everything that ran in a namespace, opened. */
export async function histories(client: Client): Promise<Told[]> {
  const told: Told[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    told.push({ where: `the history of ${workflowId}`, text: textsIn(history) });
  }
  return told;
}

/** @returns every object that was written below `out/`. */
export async function written(bucket: Bucket): Promise<Told[]> {
  const keys = await bucket.keys('out/');
  const bodies = await bucket.getAll(keys);
  return bodies.map((body, at) => ({ where: keys[at] ?? '', text: decoded(body) }));
}

/** @returns what is not kept of: no secret, data URI, picture or traceback anywhere. */
export function secrecyFaults(told: readonly Told[], pictures: readonly Canary[]): string[] {
  return told.flatMap(({ where, text }) => {
    const here = [...ALWAYS, ...(where.endsWith(WITH_PICTURES) ? [] : [DATA_URI, ...pictures])];
    return here.filter((canary) => text.includes(canary.text)).map(({ what }) => `P7: ${what} stands in ${where}`);
  });
}
