import { describe, expect, it } from 'vitest';
import { putOnce } from '../../activities/put-once.ts';
import { MemoryStore } from '../support/memory-store.ts';

const AT = { bucket: 'bucket', key: 'a.json' };
const MINE = Buffer.from('mine');

describe('putting once', () => {
  it('writes where nothing is', async () => {
    const store = new MemoryStore();
    expect(await putOnce(store, AT, MINE)).toBe('written');
    expect(store.text('s3://bucket/a.json')).toBe('mine');
  });

  it('knows its own bytes again when the reply to the first try was lost', async () => {
    const store = new MemoryStore();
    store.hooks.loseReply(({ verb }) => verb === 'put');
    expect(await putOnce(store, AT, MINE)).toBe('written');
  });

  it('gives back what somebody else had written, and leaves it', async () => {
    const store = new MemoryStore();
    store.overwrite(AT, 'theirs');
    expect(await putOnce(store, AT, MINE)).toEqual({ adopted: Buffer.from('theirs') });
    expect(store.text('s3://bucket/a.json')).toBe('theirs');
  });
});
