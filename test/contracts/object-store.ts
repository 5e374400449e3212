import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Location } from '../../domain/layout.ts';
import { MIB } from '../../domain/units.ts';
import type { ListQuery, ObjectStore, ObjectStoreProblem, PutResult } from '../../ports/object-store.ts';

/** A store and what only its owner can do with it. */
export interface StoreWorld {
  readonly store: ObjectStore;
  /** Empty at first. */
  readonly bucket: string;
  /** Puts without a condition. */
  overwrite(at: S3Location, body: string): Promise<void>;
  close(): Promise<void>;
}

/** What keys of tiles may look like; none of them is of our making. */
const PUNCTUATED = [
  'with space',
  ' lead and trail ',
  'a+b',
  'a%20b',
  '#%?',
  '../x',
  './y',
  'a//b',
  '/lead',
  '=cmd',
  'back\\slash',
];
const SPECIAL = ['plain.tif', '007', 'true', '<img onerror=1>&amp;&', '&#65;', `q'"`, 'x'.repeat(1_024)];
const UNICODE = ['emoji/😀.tif', 'é', 'e\u0301', '\uFFEE', '\u{10FFFF}', 'bidi\u202Eflip', 'nel\u0085', 'ls\u2028', '\uFEFFbom'];
const CONTROLS = ['line\nfeed', '\n', 'cr\r\nlf', 'tab\t', 'control\u0001', '\u001B[31mred'];
const ODD_KEYS = [...PUNCTUATED, ...SPECIAL, ...UNICODE, ...CONTROLS];

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function keysOf(store: ObjectStore, query: ListQuery): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.list(query)) {
    expect(page.length).toBeGreaterThan(0);
    expect(page.length).toBeLessThanOrEqual(1_000);
    keys.push(...page.map(({ key }) => key));
  }
  return keys;
}

async function* stream(totalBytes: number, fill: string): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(MIB, fill);
  for (let left = totalBytes; left > 0; left -= chunk.byteLength) yield chunk.subarray(0, Math.min(left, chunk.byteLength));
}

function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What every ObjectStore promises, whatever it is made of. */
export function objectStoreContract(name: string, create: () => Promise<StoreWorld>): void {
  describe(`${name} as an object store`, () => {
    let world: StoreWorld;
    const at = (key: string): S3Location => ({ bucket: world.bucket, key });
    const text = async (key: string): Promise<string> => (await bytesOf(await world.store.get(at(key)))).toString();
    const refusal = (problem: ObjectStoreProblem, sentence: RegExp | string): object =>
      expect.objectContaining({ name: 'ObjectStoreError', problem, message: expect.stringMatching(sentence) });

    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    it('gives back exactly the bytes that were put, and says the same of them everywhere', async () => {
      const body = Buffer.from([0, 255, 13, 10, 128, 7]);
      expect(await world.store.put(at('same/bytes'), body)).toBe('created');
      expect(await bytesOf(await world.store.get(at('same/bytes')))).toEqual(body);
      const head = await world.store.head(at('same/bytes'));
      expect(head).toMatchObject({ key: 'same/bytes', sizeBytes: 6, etag: expect.stringMatching(/^[^"]+$/u) });
      expect(Date.parse(head.lastModified ?? '')).not.toBeNaN();
      for await (const [listed] of world.store.list({ bucket: world.bucket, prefix: 'same/' })) {
        expect(listed).toMatchObject({ key: head.key, etag: head.etag, sizeBytes: 6 });
      }
    });

    it('keeps an empty object', async () => {
      expect(await world.store.put(at('empty'), '')).toBe('created');
      expect(await text('empty')).toBe('');
      expect(await world.store.head(at('empty'))).toMatchObject({ sizeBytes: 0 });
    });

    it('puts only where there is nothing', async () => {
      expect(await world.store.put(at('once'), 'first')).toBe('created');
      expect(await world.store.put(at('once'), 'second')).toBe('exists');
      expect(await text('once')).toBe('first');
    });

    it('tells exactly one of twenty writers of a key that it was the one, twenty times', async () => {
      for (let round = 0; round < 20; round += 1) {
        const key = `race/${round}`;
        const writers = Array.from({ length: 20 }, (_, writer) => world.store.put(at(key), `writer ${writer}`));
        const results = await Promise.all(writers);
        const winner = results.indexOf('created');
        expect(results.filter((result) => result === 'created')).toHaveLength(1);
        expect(await text(key)).toBe(`writer ${winner}`);
      }
    });

    it('keeps odd keys to the byte', async () => {
      await Promise.all(ODD_KEYS.map((key) => world.store.put(at(key), key)));
      const all = await keysOf(world.store, { bucket: world.bucket, prefix: '' });
      expect(ODD_KEYS.filter((key) => !all.includes(key))).toEqual([]);
      expect(await Promise.all(ODD_KEYS.map(text))).toEqual(ODD_KEYS);
      const heads = await Promise.all(ODD_KEYS.map((key) => world.store.head(at(key))));
      expect(heads.map(({ key }) => key)).toEqual(ODD_KEYS);
      expect(all).toEqual(all.toSorted(byUtf8));
    });

    it('lists page after page in the order of the UTF-8 bytes, from where it is told', async () => {
      const keys = Array.from({ length: 1_030 }, (_, i) => `pages/${i % 2 === 0 ? '\uFF5E' : '😀'}${String(i).padStart(4, '0')}`);
      const sorted = keys.toSorted(byUtf8);
      await Promise.all(keys.map((key) => world.store.put(at(key), '')));
      const query = { bucket: world.bucket, prefix: 'pages/' };
      expect(await keysOf(world.store, query)).toEqual(sorted);
      expect(await keysOf(world.store, { ...query, startAfter: sorted[1_000] ?? '' })).toEqual(sorted.slice(1_001));
      expect(await keysOf(world.store, { ...query, startAfter: 'pages/' })).toEqual(sorted);
      expect(await keysOf(world.store, { ...query, startAfter: 'pages/\u{10FFFF}' })).toEqual([]);
    });

    it('lists the folders below a prefix, each once, without what lies beside or deeper', async () => {
      for (const key of ['f/run=a/x', 'f/run=a/y/z', 'f/run=b é/x', 'f/runs.txt', 'f/run=😀/x'])
        await world.store.put(at(key), '');
      const folders = await keysOf(world.store, { bucket: world.bucket, prefix: 'f/run=', folders: true });
      expect(folders).toEqual(['f/run=a/', 'f/run=b é/', 'f/run=😀/']);
      expect(await keysOf(world.store, { bucket: world.bucket, prefix: 'f/none=', folders: true })).toEqual([]);
    });

    it('lists nothing under a prefix that holds nothing', async () => {
      expect(await keysOf(world.store, { bucket: world.bucket, prefix: 'nothing/here/' })).toEqual([]);
    });

    it('refuses an object that changed since it was listed', async () => {
      await world.overwrite(at('edited'), 'before');
      const { etag } = await world.store.head(at('edited'));
      expect((await bytesOf(await world.store.get(at('edited'), { ifMatch: etag }))).toString()).toBe('before');
      await world.overwrite(at('edited'), 'after');
      await expect(world.store.get(at('edited'), { ifMatch: etag })).rejects.toEqual(refusal('changed', /edited/u));
    });

    it('refuses what is larger than it was told to read', async () => {
      await world.store.put(at('large'), 'x'.repeat(1_000));
      await expect(world.store.get(at('large'), { maxBytes: 999 })).rejects.toEqual(refusal('too_large', /large/u));
      expect(await bytesOf(await world.store.get(at('large'), { maxBytes: 1_000 }))).toHaveLength(1_000);
    });

    it('says what is not there, object or bucket', async () => {
      await expect(world.store.get(at('no/such'))).rejects.toEqual(refusal('missing', /no\/such/u));
      await expect(world.store.head(at('no/such'))).rejects.toEqual(refusal('missing', /no\/such/u));
      const nowhere = { bucket: `${world.bucket}-not`, key: 'k' };
      await expect(world.store.put(nowhere, '')).rejects.toEqual(refusal('no_bucket', nowhere.bucket));
      await expect(world.store.get(nowhere)).rejects.toEqual(refusal('no_bucket', nowhere.bucket));
      await expect(keysOf(world.store, { bucket: nowhere.bucket, prefix: '' })).rejects.toEqual(
        refusal('no_bucket', nowhere.bucket),
      );
    });

    it('stops reading when it is told to', async () => {
      await world.store.put(at('endless'), 'x'.repeat(5 * MIB));
      const controller = new AbortController();
      const body = await world.store.get(at('endless'), { signal: controller.signal });
      const read = async (): Promise<void> => {
        for await (const chunk of body) if (chunk.byteLength > 0) controller.abort(new Error('enough'));
      };
      await expect(read()).rejects.toThrow('enough');
      await expect(world.store.get(at('endless'), { signal: controller.signal })).rejects.toThrow('enough');
    });

    it('lets a reader leave in the middle', async () => {
      await world.store.put(at('left'), 'x'.repeat(5 * MIB));
      for (let i = 0; i < 5; i += 1) {
        for await (const chunk of await world.store.get(at('left'))) {
          expect(chunk.byteLength).toBeGreaterThan(0);
          break;
        }
      }
      expect(await bytesOf(await world.store.get(at('left')))).toHaveLength(5 * MIB);
    });

    it.each([0, 1_000, 64 * MIB, 64 * MIB + 1])('uploads a stream of %i bytes only where there is nothing', async (bytes) => {
      const target = at(`streams/${bytes}`);
      const results: PutResult[] = [];
      for (const fill of ['a', 'b']) results.push(await world.store.upload(target, stream(bytes, fill)));
      expect(results).toEqual(['created', 'exists']);
      const stored = await bytesOf(await world.store.get(target));
      expect(stored.equals(Buffer.alloc(bytes, 'a'))).toBe(true);
    });

    it('leaves nothing behind of a stream that fails, and passes its error on', async () => {
      const broken = new Error('the stream broke');
      async function* failing(bytes: number): AsyncGenerator<Uint8Array> {
        yield* stream(bytes, 'x');
        throw broken;
      }
      for (const bytes of [10, 100 * MIB]) {
        await expect(world.store.upload(at('half'), failing(bytes))).rejects.toBe(broken);
        await expect(world.store.head(at('half'))).rejects.toEqual(refusal('missing', /half/u));
      }
    });
  });
}
