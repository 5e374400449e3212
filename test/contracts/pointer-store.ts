import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Location } from '../../domain/layout.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';

/** A store of pointers, and the objects that it replaces. */
export interface PointerWorld {
  readonly pointers: PointerStore;
  readonly store: ObjectStore;
  readonly bucket: string;
  close(): Promise<void>;
}

const WRITERS = 10;
const NO_ETAG = '0'.repeat(32);

/** What every PointerStore promises, whatever it is made of. */
export function pointerStoreContract(name: string, create: () => Promise<PointerWorld>): void {
  describe(`${name} as a pointer store`, () => {
    let world: PointerWorld;
    const at = (key: string): S3Location => ({ bucket: world.bucket, key });
    const replace = (key: string, text: string, etag: string | null) => world.pointers.replace(at(key), Buffer.from(text), etag);
    const text = async (key: string): Promise<string | null> => {
      const pointer = await world.pointers.read(at(key));
      return pointer === null ? null : Buffer.from(pointer.bytes).toString();
    };
    const etagOf = async (key: string): Promise<string> => (await world.pointers.read(at(key)))?.etag ?? '';

    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    it('has nothing where nothing was put', async () => {
      expect(await world.pointers.read(at('none'))).toBeNull();
    });

    it('puts the first version only where there is none', async () => {
      expect(await replace('first', 'one', null)).toBe('switched');
      expect(await replace('first', 'two', null)).toBe('lost');
      expect(await text('first')).toBe('one');
    });

    it('replaces the version that was read, and no other', async () => {
      await replace('next', 'one', null);
      const one = await etagOf('next');
      expect(one).toMatch(/^[^"]+$/u);
      expect(await replace('next', 'two', one)).toBe('switched');
      expect(await replace('next', 'three', one)).toBe('lost');
      expect(await text('next')).toBe('two');
      expect(await replace('next', 'three', await etagOf('next'))).toBe('switched');
      expect(await text('next')).toBe('three');
    });

    it('makes nothing where there is nothing to replace', async () => {
      expect(await replace('gone', 'one', NO_ETAG)).toBe('lost');
      expect(await text('gone')).toBeNull();
    });

    it('takes what it finds there for its own where it is the same', async () => {
      await replace('same', 'one', null);
      const one = await etagOf('same');
      await replace('same', 'two', one);
      expect(await replace('same', 'two', one)).toBe('switched');
    });

    it('tells exactly one of ten who read the same version that it was the one, ten times', async () => {
      await replace('race', 'start', null);
      for (let round = 0; round < 10; round += 1) {
        const etag = await etagOf('race');
        const writers = Array.from({ length: WRITERS }, (_, writer) => replace('race', `${round}: writer ${writer}`, etag));
        const results = await Promise.all(writers);
        expect(results.filter((result) => result === 'switched')).toHaveLength(1);
        expect(await text('race')).toBe(`${round}: writer ${results.indexOf('switched')}`);
      }
    });

    it('lets nobody count twice or not at all who reads, adds and replaces until it succeeds', async () => {
      await replace('counter', '0', null);
      const add = async (): Promise<void> => {
        for (let result = 'lost'; result === 'lost';) {
          const read = await world.pointers.read(at('counter'));
          const next = Number.parseInt(Buffer.from(read?.bytes ?? []).toString(), 10) + 1;
          result = await replace('counter', `${next} ${Math.random()}`, read?.etag ?? null);
        }
      };
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let n = 0; n < 3; n += 1) await add();
        }),
      );
      expect(Number.parseInt((await text('counter')) ?? '', 10)).toBe(12);
    });

    it('shares its objects with the store', async () => {
      await replace('shared', 'one', null);
      expect(await world.store.put(at('shared'), 'two')).toBe('exists');
      expect((await world.store.head(at('shared'))).etag).toBe(await etagOf('shared'));
    });

    it('says where there is no such bucket', async () => {
      const nowhere = { bucket: `${world.bucket}-not`, key: 'k' };
      await expect(world.pointers.replace(nowhere, Buffer.from('x'), null)).rejects.toMatchObject({ problem: 'no_bucket' });
    });
  });
}
