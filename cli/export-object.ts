import { createHash, type Hash } from 'node:crypto';
import type { createObjectStores } from '../adapters/s3/store.ts';
import { Failure } from '../domain/failure.ts';
import { givenS3Uri, type S3Location } from '../domain/layout.ts';
import { forTerminal } from '../domain/terminal.ts';
import type { Target } from './export-target.ts';

/** An object that is put only where there is none. */

type Stores = ReturnType<typeof createObjectStores>;
type Store = ReturnType<Stores['output']>;

const INSIDE_A_RUN = /(?:^|\/)run=[^/]+\//u;
/** Whoever may not look finds out at the end: the condition is on the write. */
const UNSEEN: readonly unknown[] = ['missing', 'denied'];

function taken(uri: string): Failure {
  const sentence = 'is there already, and nothing was replaced. Name another key, or remove it first.';
  return new Failure('InvalidSpec', `--out ${forTerminal(uri)} ${sentence}`);
}

/** @throws Failure where it is no key, or one inside a run's folder: that holds what its manifest.json lists and nothing else. */
function checkedPlace(uri: string): S3Location {
  const at = givenS3Uri(uri);
  if (at === null || at.key === '' || at.key.endsWith('/')) {
    throw new Failure('InvalidSpec', `--out ${forTerminal(uri)} is no object; expected s3://bucket/key.`);
  }
  if (!INSIDE_A_RUN.test(at.key)) return at;
  const sentence =
    'is inside the folder of a run, which holds what its manifest.json lists and nothing else. Name a key outside.';
  throw new Failure('InvalidSpec', `--out ${forTerminal(uri)} ${sentence}`);
}

async function isThere(store: Store, at: S3Location): Promise<boolean> {
  try {
    await store.head(at);
    return true;
  } catch (error) {
    if (UNSEEN.includes((error as Error & { problem?: string }).problem)) return false;
    throw error;
  }
}

async function* through(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function put(store: Store, at: S3Location, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  const [ours, theirs] = [createHash('sha256'), createHash('sha256')];
  if ((await store.upload(at, through(chunks, ours))) === 'created') return true;
  // The reply to a try of ours that was taken may have been lost.
  for await (const chunk of await store.get(at)) theirs.update(chunk);
  return ours.digest('hex') === theirs.digest('hex');
}

/** @param uri `s3://bucket/key` @throws Failure where it is none, or there is an object, before anything is written */
export async function objectTarget(uri: string): Promise<Target> {
  const at = checkedPlace(uri);
  const { createObjectStores: create } = await import('../adapters/s3/store.ts');
  const open = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const stores = create();
    return work(stores.output({})).finally(() => stores.close());
  };
  if (await open((store) => isThere(store, at))) throw taken(uri);
  return {
    name: uri,
    take: async (chunks) => {
      if (!(await open((store) => put(store, at, chunks)))) throw taken(uri);
    },
  };
}
