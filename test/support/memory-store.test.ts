import { describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../../ports/object-store.ts';
import { objectStoreContract } from '../contracts/object-store.ts';
import { MemoryStore } from './memory-store.ts';

objectStoreContract('memory', async () => {
  const store = new MemoryStore(['bucket']);
  return {
    store,
    bucket: 'bucket',
    overwrite: async (at, body) => store.overwrite(at, body),
    close: async () => {},
  };
});

describe('the hooks of the store in memory', () => {
  const at = { bucket: 'bucket', key: 'k' };

  it('hold a call before it does anything', async () => {
    const store = new MemoryStore();
    const held = store.hooks.hold(({ verb }) => verb === 'put');
    const writing = store.put(at, 'late');
    expect(await held.reached).toEqual({ verb: 'put', ...at });
    expect(await store.put(at, 'early')).toBe('created');
    held.release();
    expect(await writing).toBe('exists');
    expect(store.text('s3://bucket/k')).toBe('early');
  });

  it('fail a call instead of doing it, once', async () => {
    const store = new MemoryStore();
    store.hooks.failNext(({ key }) => key === 'k');
    await expect(store.put(at, '1')).rejects.toBeInstanceOf(ObjectStoreError);
    expect(await store.put(at, '2')).toBe('created');
  });

  it('lose the reply to a call that was done', async () => {
    const store = new MemoryStore();
    store.hooks.loseReply(({ verb }) => verb === 'put');
    expect(await store.put(at, '1')).toBe('exists');
    store.hooks.loseReply(({ verb }) => verb === 'put', new Error('gone'));
    await expect(store.put({ ...at, key: 'j' }, '2')).rejects.toThrow('gone');
    expect(store.keys('bucket')).toEqual(['j', 'k']);
  });
});
