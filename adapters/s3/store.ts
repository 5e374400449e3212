import { SECOND_MS } from '../../domain/units.ts';
import type { ObjectStore, ObjectStores } from '../../ports/object-store.ts';
import type { PointerStores } from '../../ports/pointer-store.ts';
import { connectS3, type Environment, type S3Connection } from './client.ts';
import { getObject } from './download.ts';
import { pointersOn } from './pointers.ts';
import { headObject, listObjects, type Payer } from './reading.ts';
import type { Encryption } from './target.ts';
import { putObject, uploadObject } from './writing.ts';

export interface S3Settings {
  /** A body or connection on which nothing moves for so long is dropped and tried again; default 30 s. */
  readonly stallMs?: number;
}

const STALL_MS = 30 * SECOND_MS;

interface Manner {
  readonly payer: Payer;
  readonly encryption: Encryption;
  readonly stallMs: number;
}

function storeOn(connection: S3Connection, { payer, encryption, stallMs }: Manner): ObjectStore {
  return {
    list: (query) => listObjects(connection, query, payer),
    head: (at, options = {}) => headObject(connection, { at, options }, payer),
    get: (at, options = {}) => getObject(connection, { at, options }, { payer, stallMs }),
    put: (at, body) => putObject({ connection, at, encryption }, body),
    upload: (at, body) => uploadObject({ connection, at, encryption }, body),
  };
}

function encryptionBy(sseKmsKeyId: string | undefined): Encryption {
  return sseKmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sseKmsKeyId };
}

/**
 * S3 as the environment says: the SDK's own variables and nothing else; path-style addresses whenever an endpoint is
 * set. One set of connections for each region.
 */
export function createObjectStores(
  environment: Environment = process.env,
  settings: S3Settings = {},
): ObjectStores & PointerStores & { close(): void } {
  const stallMs = settings.stallMs ?? STALL_MS;
  const connections = new Map<string | null, S3Connection>();
  const connect = (region: string | null): S3Connection => {
    const connection = connections.get(region) ?? connectS3({ environment, region, stallMs });
    connections.set(region, connection);
    return connection;
  };
  return {
    input: ({ requestPayer, region }) =>
      storeOn(connect(region ?? null), { payer: requestPayer ? { RequestPayer: 'requester' } : {}, encryption: {}, stallMs }),
    output: ({ sseKmsKeyId }) => storeOn(connect(null), { payer: {}, encryption: encryptionBy(sseKmsKeyId), stallMs }),
    pointers: ({ sseKmsKeyId }) => pointersOn(connect(null), { encryption: encryptionBy(sseKmsKeyId), stallMs }),
    close: () => {
      for (const { client } of connections.values()) client.destroy();
      connections.clear();
    },
  };
}
