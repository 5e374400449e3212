import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectFacts, ObjectStore } from '../ports/object-store.ts';

/** An input that nobody has to put into a bucket: its listing is made up page by page. */

export const MADE_INPUT = { bucket: 'imagery', prefix: 'tiles/' } as const;

/** What a listing has beside the tiles that were there when the runs were made. */
export interface MadeInput {
  /** The first of them; 0 unless told. */
  readonly from?: number;
  /** Tiles up to this, it not included. */
  readonly tiles: number;
  /** Behind every so many tiles one that no run has seen. */
  readonly newEvery: number | null;
  /** Of so many tiles one has another etag than the runs saw. */
  readonly changedEvery: number | null;
}

const PAGE = 1_000;
const SIZE_BYTES = 786_432;
/** Spreads numbers over 32 bits, none twice: an odd factor (Knuth). */
const SPREAD = 2_654_435_761;

/** @returns the name of tile n; in the order of the numbers. */
export function madeName(n: number, ending = ''): string {
  return `T32UME_${String(n).padStart(8, '0')}${ending}.tif`;
}

/** @returns the key of tile n. */
export function madeKey(n: number, ending = ''): string {
  return `${MADE_INPUT.prefix}2026/03/01/${madeName(n, ending)}`;
}

/** @returns the etag of the n-th tile, or of what it became. */
export function madeEtag(n: number, changed = false): string {
  const digits = (Math.imul(n, SPREAD) >>> 0).toString(16).padStart(8, '0');
  return digits.repeat(3) + (changed ? 'cccccccc' : digits);
}

function facts(key: string, etag: string): ObjectFacts {
  return { key, etag, sizeBytes: SIZE_BYTES, lastModified: '2026-03-01T00:00:00.000Z', versionId: null };
}

/** In each stretch of `every` the middle one. */
function isNth(n: number, every: number | null): boolean {
  return every !== null && n % every === every >> 1;
}

function* objects({ from = 0, tiles, newEvery, changedEvery }: MadeInput): Generator<ObjectFacts> {
  for (let n = from; n < tiles; n += 1) {
    yield facts(madeKey(n), madeEtag(n, isNth(n, changedEvery)));
    if (isNth(n, newEvery)) yield facts(madeKey(n, '_b'), madeEtag(n + tiles));
  }
}

/** Pages of a listing, as S3 would give them. */
export function* madePages(input: MadeInput): Generator<readonly ObjectFacts[]> {
  let page: ObjectFacts[] = [];
  for (const object of objects(input)) {
    page.push(object);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Every page waits as a request would. @returns the store, with another listing. @param counted called for every page. */
export function withMadeListing(
  store: ObjectStore,
  input: MadeInput,
  { latencyMs, counted }: { latencyMs: number; counted: () => void },
): ObjectStore {
  async function* list(): AsyncGenerator<readonly ObjectFacts[]> {
    for (const page of madePages(input)) {
      if (latencyMs > 0) await sleep(latencyMs);
      counted();
      yield page;
    }
  }
  return { ...store, list };
}
