import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import { MIB } from '../../../domain/units.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { PASS, slowDown, startS3Proxy, type S3Fault, type S3Proxy } from '../../support/s3-proxy.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';

const open: { close(): unknown }[] = [];
afterAll(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

let bucket: string;
beforeAll(async () => {
  bucket = await createTestBucket('faults');
});
const at = (key: string): { bucket: string; key: string } => ({ bucket, key });

/** Longer than a good answer takes on any machine. */
const STALL_MS = 2_000;

function storeAt(endpoint: string, stallMs = 30_000): ObjectStore {
  const stores = createObjectStores(
    { ...sharedServers().environment, AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_S3: endpoint },
    { stallMs },
  );
  open.push(stores);
  return stores.output({});
}

async function through(
  fault: (request: IncomingMessage) => S3Fault,
  stallMs?: number,
): Promise<{ store: ObjectStore; proxy: S3Proxy }> {
  const proxy = await startS3Proxy(sharedServers().s3.endpoint, fault);
  const store = storeAt(proxy.endpoint, stallMs);
  open.push(proxy);
  return { store, proxy };
}

/** The first so many requests with that method get the fault, all others pass. */
function first(times: number, method: string, fault: S3Fault): (request: IncomingMessage) => S3Fault {
  let left = times;
  return (request) => {
    if (request.method !== method || left === 0) return PASS;
    left -= 1;
    return fault;
  };
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const PICTURE = Buffer.from(Array.from({ length: MIB }, (_, i) => (i * 31 + (i >> 8)) % 256));

describe('the S3 adapter', () => {
  it('loses nothing where S3 answers a third of all requests with 503 SlowDown', async () => {
    const { store, proxy } = await through(slowDown(0.34));
    const keys = Array.from({ length: 20 }, (_, i) => `slow/${i}`);
    expect(new Set(await Promise.all(keys.map((key) => store.put(at(key), key))))).toEqual(new Set(['created']));
    const bodies = await Promise.all(keys.map(async (key) => (await bytesOf(await store.get(at(key)))).toString()));
    expect(bodies).toEqual(keys);
    expect(proxy.count('PUT')).toBeGreaterThan(20);
  });

  it('reads an object though KMS was asked too much at first', async () => {
    const throttled = { kind: 'refuse', status: 400, code: 'KMS.ThrottlingException' } as const;
    const { store, proxy } = await through(first(2, 'GET', throttled));
    await store.put(at('encrypted'), 'x');
    expect((await bytesOf(await store.get(at('encrypted')))).toString()).toBe('x');
    expect(proxy.count('GET')).toBe(3);
  });

  it('says that an object exists where the reply to its own put was lost, and the object is whole', async () => {
    const { store, proxy } = await through(first(1, 'PUT', { kind: 'lose_reply' }));
    expect(await store.put(at('lost-reply'), PICTURE)).toBe('exists');
    expect((await bytesOf(await store.get(at('lost-reply')))).equals(PICTURE)).toBe(true);
    expect(proxy.count('PUT')).toBe(2);
  });

  it('puts again where two writers met', async () => {
    const conflict = { kind: 'refuse', status: 409, code: 'ConditionalRequestConflict' } as const;
    const { store } = await through(first(2, 'PUT', conflict));
    expect(await store.put(at('conflict'), 'x')).toBe('created');
  });

  it.each([
    { case: 'the upload is remembered', second: PASS },
    { case: 'the upload is forgotten', second: { kind: 'refuse', status: 404, code: 'NoSuchUpload' } },
  ] as const)(
    'brings an upload in parts to its end where the reply to its completion was lost and $case',
    async ({ case: name, second }) => {
      const faults: S3Fault[] = [{ kind: 'lose_reply' }, second];
      const completes = ({ method, url }: IncomingMessage): boolean => method === 'POST' && /[?&]uploadId=/u.test(url ?? '');
      const { store } = await through((request) => (completes(request) ? (faults.shift() ?? PASS) : PASS));
      async function* stream(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 65; i += 1) yield Buffer.alloc(MIB, i);
      }
      expect(['created', 'exists']).toContain(await store.upload(at(name), stream()));
      expect(faults).toEqual([]);
      expect(await store.head(at(name))).toMatchObject({ sizeBytes: 65 * MIB });
    },
  );

  it.concurrent.each(['cut', 'stall'] as const)('takes up a body again where it was broken: %s', async (kind) => {
    const key = `body-${kind}`;
    const { store, proxy } = await through(first(3, 'GET', { kind, afterBytes: 200_000 }), STALL_MS);
    await store.put(at(key), PICTURE);
    expect((await bytesOf(await store.get(at(key)))).equals(PICTURE)).toBe(true);
    expect(proxy.count('GET')).toBeGreaterThanOrEqual(4);
  });

  it.concurrent('reads a body that stalls before its first byte, and an object whose reply does not come', async () => {
    const faults: S3Fault[] = [{ kind: 'silence' }, { kind: 'stall', afterBytes: 0 }, { kind: 'silence' }];
    const { store, proxy } = await through(({ method }) => (method === 'GET' ? (faults.shift() ?? PASS) : PASS), STALL_MS);
    await store.put(at('silent'), PICTURE);
    expect((await bytesOf(await store.get(at('silent')))).equals(PICTURE)).toBe(true);
    expect(proxy.count('GET')).toBeGreaterThanOrEqual(4);
  });

  it.concurrent('puts again what nobody answered', async () => {
    const { store, proxy } = await through(first(2, 'PUT', { kind: 'silence' }), STALL_MS);
    expect(await store.put(at('unheard'), PICTURE)).toBe('created');
    expect(proxy.count('PUT')).toBeGreaterThanOrEqual(3);
  });

  it.concurrent.each(['cut', 'stall'] as const)('gives up on a body that never brings anything: %s', async (kind) => {
    const { store } = await through((request) => (request.method === 'GET' ? { kind, afterBytes: 0 } : PASS), STALL_MS / 2);
    await store.put(at(`barren-${kind}`), PICTURE);
    const body = await store.get(at(`barren-${kind}`));
    await expect(bytesOf(body)).rejects.toMatchObject({ name: 'ObjectStoreError', problem: 'unreachable' });
  });

  it('refuses as changed what changed while it was read', async () => {
    let edit: () => Promise<unknown> = async () => {};
    const { store } = await through(first(1, 'GET', { kind: 'cut', afterBytes: 100_000 }));
    await store.put(at('edited'), PICTURE);
    edit = () => fetch(`${sharedServers().s3.endpoint}/${bucket}/edited`, { method: 'PUT', body: 'other' });
    const read = async (): Promise<void> => {
      for await (const chunk of await store.get(at('edited'))) if (chunk.byteLength > 0) await edit();
    };
    await expect(read()).rejects.toMatchObject({ problem: 'changed' });
  });

  it('does not ask again where it was denied', async () => {
    const { store, proxy } = await through(() => ({ kind: 'refuse', status: 403, code: 'AccessDenied' }));
    await expect(store.get(at('denied'))).rejects.toMatchObject({
      problem: 'denied',
      message: expect.stringContaining('s3:GetObject'),
    });
    await expect(store.put(at('denied'), '')).rejects.toMatchObject({
      problem: 'denied',
      message: expect.stringContaining('s3:PutObject'),
    });
    expect(proxy.count('GET') + proxy.count('PUT')).toBe(2);
  });

  it('names the endpoint where nobody answers', async () => {
    const proxy = await startS3Proxy(sharedServers().s3.endpoint, () => PASS);
    await proxy.close();
    await expect(storeAt(proxy.endpoint).head(at('k'))).rejects.toMatchObject({
      problem: 'unreachable',
      message: expect.stringContaining(proxy.endpoint),
    });
  });
});
