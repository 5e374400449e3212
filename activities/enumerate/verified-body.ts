import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';

/** What the MD5 of some bytes has to be, and how to call them. */
export interface Expected {
  /** Lowercase hex. */
  readonly md5: string;
  /** The object itself. */
  readonly uri: string;
  /** Who says so. */
  readonly by: string;
}

/** The same bytes; whoever reads them to the end knows that they are the right ones. @throws Failure `InvalidSpec` */
export async function* verified(
  body: AsyncIterable<Uint8Array>,
  { md5, uri, by }: Expected,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('md5');
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found === md5) return;
  throw new Failure(
    'InvalidSpec',
    `The MD5 of ${uri} is ${found}; ${by} says ${md5}. One of the two is damaged or of another report: name the manifest.json of another date, or copy the report again.`,
  );
}
