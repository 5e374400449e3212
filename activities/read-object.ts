import { Failure } from '../domain/failure.ts';
import { s3Uri, type S3Location } from '../domain/layout.ts';
import { ObjectStoreError, type GetOptions, type ObjectStore } from '../ports/object-store.ts';
import { storedJson } from '../schema/stored-json.ts';

/** @returns a whole body. */
export async function chunksTogether(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @returns a whole object. @throws ObjectStoreError */
export async function readObject(store: ObjectStore, at: S3Location, options?: GetOptions): Promise<Uint8Array> {
  return chunksTogether(await store.get(at, options));
}

/** @returns a whole object, or null where there is none. @throws ObjectStoreError for any other reason */
export async function readIfThere(store: ObjectStore, at: S3Location): Promise<Uint8Array | null> {
  try {
    return await readObject(store, at);
  } catch (error) {
    if (error instanceof ObjectStoreError && error.problem === 'missing') return null;
    throw error;
  }
}

const REMEDY =
  'Something else wrote or changed it: start a run with another run id, which takes over what earlier ones answered.';

/** @returns what `read` makes of an object of ours. @throws its Failure, with what to do. */
function remedied<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { kind, message } = error;
    throw new Failure(kind, `${message}${message.includes('\n') ? '\n' : ' '}${REMEDY}`, { cause: error });
  }
}

function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Failure('Internal', `${what} is not UTF-8 text; expected JSON as tilescribe writes it.`, { cause: error });
  }
}

/** @param what the address of the object. @returns the value that bytes we wrote stand for. @throws Failure `Internal` */
export function jsonOf(bytes: Uint8Array, what: string): unknown {
  return remedied(() => storedJson(textOf(bytes, what), what));
}

/** @returns a document that we wrote, as `parse` reads it. @throws Failure where it is damaged, or not ours */
export function documentOf<T>(bytes: Uint8Array, at: S3Location, parse: (document: unknown, what: string) => T): T {
  const what = s3Uri(at);
  return remedied(() => parse(storedJson(textOf(bytes, what), what), what));
}
