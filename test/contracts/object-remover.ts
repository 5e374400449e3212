import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectRemover } from '../../ports/object-remover.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** A remover and the store that it removes from. */
export interface RemoverWorld {
  readonly remover: ObjectRemover;
  readonly store: ObjectStore;
  readonly bucket: string;
  close(): Promise<void>;
}

const ODD_KEYS = ['plain', 'with space', 'a+b%20c#?&', 'é/😀', 'line\nfeed', '../x', 'a//b'];

/** What every ObjectRemover promises, whatever it is made of. */
export function objectRemoverContract(name: string, create: () => Promise<RemoverWorld>): void {
  describe(`${name} as an object remover`, () => {
    let world: RemoverWorld;
    const keys = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const page of world.store.list({ bucket: world.bucket, prefix })) found.push(...page.map(({ key }) => key));
      return found;
    };

    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    it('removes an object, and that one alone', async () => {
      const { bucket, store, remover } = world;
      for (const key of ['one/a', 'one/ab', 'one/a/b']) await store.put({ bucket, key }, 'x');
      await remover.remove({ bucket, key: 'one/a' });
      expect(await keys('one/')).toEqual(['one/a/b', 'one/ab']);
      await expect(store.head({ bucket, key: 'one/a' })).rejects.toMatchObject({ problem: 'missing' });
    });

    it('is content with an object that is gone already', async () => {
      const { bucket, remover } = world;
      await remover.remove({ bucket, key: 'never/was' });
      await remover.remove({ bucket, key: 'never/was' });
    });

    it('removes whatever a key looks like', async () => {
      const { bucket, store, remover } = world;
      for (const key of ODD_KEYS) await store.put({ bucket, key: `odd/${key}` }, 'x');
      for (const key of ODD_KEYS) await remover.remove({ bucket, key: `odd/${key}` });
      expect(await keys('odd/')).toEqual([]);
    });

    it('lets a key be written again', async () => {
      const at = { bucket: world.bucket, key: 'again' };
      expect(await world.store.put(at, '1')).toBe('created');
      await world.remover.remove(at);
      expect(await world.store.put(at, '2')).toBe('created');
    });
  });
}
