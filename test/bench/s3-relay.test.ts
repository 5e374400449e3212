import { afterEach, describe, expect, it } from 'vitest';
import { startS3Relay, type S3Relay } from '../../bench/s3-relay.ts';
import { createObjectStores } from '../../adapters/s3/store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { createTestBucket, sharedServers } from '../support/servers.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

async function through(latencyMs: number): Promise<{ store: ObjectStore; relay: S3Relay; bucket: string }> {
  const bucket = await createTestBucket('relay');
  const { environment, s3 } = sharedServers();
  const relay = await startS3Relay(s3.endpoint, latencyMs);
  const stores = createObjectStores(
    { ...environment, AWS_ENDPOINT_URL: relay.endpoint, AWS_ENDPOINT_URL_S3: relay.endpoint },
    { stallMs: 30_000 },
  );
  open.push(relay, stores);
  return { store: stores.output({}), relay, bucket };
}

describe('the way to S3 of the benchmark', () => {
  it('brings everything there and back, and counts it', async () => {
    const { store, relay, bucket } = await through(0);
    const body = Buffer.alloc(200_000, 'x');
    expect(await store.put({ bucket, key: 'tiles/a' }, body)).toBe('created');
    expect(await store.put({ bucket, key: 'tiles/a' }, body)).toBe('exists');
    const chunks: Uint8Array[] = [];
    for await (const chunk of await store.get({ bucket, key: 'tiles/a' })) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
    for await (const page of store.list({ bucket, prefix: 'tiles/' })) expect(page).toHaveLength(1);
    expect(relay.figures()).toEqual({ latencyMs: 0, counts: { input: { PUT: 2, GET: 1, LIST: 1 } } });
  });

  it('is longer than the way of others, who are there first', async () => {
    const { store, relay, bucket } = await through(5_000);
    const late = store.put({ bucket, key: 'tiles/a' }, 'late');
    const stores = createObjectStores(sharedServers().environment, { stallMs: 30_000 });
    open.push(stores);
    expect(await stores.output({}).put({ bucket, key: 'tiles/a' }, 'soon')).toBe('created');
    expect(await late).toBe('exists');
    expect(relay.figures()).toEqual({ latencyMs: 5_000, counts: { input: { PUT: 1 } } });
  });
});
