import { Failure } from '../../domain/failure.ts';
import { inRun, parseS3Uri, PATHS, s3Uri } from '../../domain/layout.ts';
import type { RunRef } from '../../domain/run.ts';
import { shownAddress } from '../../domain/shown-address.ts';
import type { InputSpec } from '../../domain/spec.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { namesTiles } from '../../schema/uri.ts';
import { readObject } from '../read-object.ts';

/**
 * Writes one object twice, reads it back and lists it: everything that a run needs of its output, before it starts.
 *
 * @param nonce names the object; never used before.
 * @throws Failure `InvalidConfiguration` where a second write is let through; ObjectStoreError
 */
export async function probeOutput(store: ObjectStore, ref: RunRef, nonce: string): Promise<void> {
  const at = inRun(ref, PATHS.probe(nonce));
  await store.put(at, 'first');
  const second = await store.put(at, 'second');
  const held = Buffer.from(await readObject(store, at)).toString();
  if (second !== 'exists' || held !== 'first') {
    throw new Failure(
      'InvalidConfiguration',
      `The store of ${s3Uri(inRun(ref, ''))} let a second write replace the first: it ignores If-None-Match, and a run could lose what it wrote. Use Amazon S3 or a store with conditional writes.`,
    );
  }
  for await (const _ of store.list({ bucket: at.bucket, prefix: at.key })) break;
}

/** Asks for the first page of the input, or for the object that names the tiles. @throws ObjectStoreError */
export async function probeInput(store: ObjectStore, input: InputSpec): Promise<void> {
  const at = parseS3Uri(input.uri);
  if (at === null) throw new RangeError(`not an S3 address: ${shownAddress(input.uri)}`);
  if (namesTiles(input.uri)) {
    await store.head(at);
    return;
  }
  for await (const _ of store.list({ bucket: at.bucket, prefix: at.key })) break;
}
