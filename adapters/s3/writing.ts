import { PutObjectCommand } from '@aws-sdk/client-s3';
import { MIB } from '../../domain/units.ts';
import type { PutResult } from '../../ports/object-store.ts';
import { Multipart } from './multipart.ts';
import { pieces } from './pieces.ts';
import { outcome, type Target } from './target.ts';

/** Up to here an upload is one PUT. */
const SINGLE_PUT_BYTES = 64 * MIB;
/** 10,000 parts, the most there may be, hold 156 GiB. */
const PART_BYTES = 16 * MIB;
const PARTS_OF_A_PUT = SINGLE_PUT_BYTES / PART_BYTES;

/** Puts an object if there is none. */
export async function putObject(target: Target, body: Uint8Array | string): Promise<PutResult> {
  const { at, connection, encryption } = target;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const command = new PutObjectCommand({ Bucket: at.bucket, Key: at.key, Body: bytes, IfNoneMatch: '*', ...encryption });
  return connection.client.send(command).then(
    () => 'created' as const,
    (error: unknown) => outcome(error, target),
  );
}

/** Puts a stream if there is no object; what the stream itself throws passes through, and nothing is left behind. */
export async function uploadObject(target: Target, body: AsyncIterable<Uint8Array>): Promise<PutResult> {
  const gathered: Uint8Array[] = [];
  const multipart = new Multipart(target);
  try {
    for await (const piece of pieces(body, PART_BYTES)) {
      gathered.push(piece);
      if (gathered.length <= PARTS_OF_A_PUT) continue;
      for (const part of gathered.splice(0)) await multipart.add(part);
    }
    if (!multipart.begun) return await putObject(target, Buffer.concat(gathered));
    for (const part of gathered) await multipart.add(part);
    return await multipart.complete();
  } catch (error) {
    await multipart.abort();
    throw error;
  }
}
