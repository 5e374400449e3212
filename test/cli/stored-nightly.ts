import { vi } from 'vitest';
import { openBucket, type Bucket } from '../e2e/bucket.ts';
import { sharedServers } from '../support/servers.ts';
import { openNamespace, type OwnNamespace } from '../support/temporal-namespace.ts';

export const NIGHTLY_SPEC = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/{date-1:YYYY/MM/DD}/' },
  output: { uri: 's3://results/harbours/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
};

/** What commands see: a namespace and a bucket that are theirs alone, with a spec for every night in it. */
export interface StoredNightly {
  readonly namespace: OwnNamespace;
  readonly bucket: Bucket;
  /** Where the spec is. */
  readonly spec: string;
  close(): Promise<void>;
}

export async function storedNightly(): Promise<StoredNightly> {
  const namespace = await openNamespace();
  const bucket = await openBucket(sharedServers().s3);
  await bucket.put('nightly.json', JSON.stringify(NIGHTLY_SPEC));
  for (const [name, value] of Object.entries(sharedServers().environment)) vi.stubEnv(name, value);
  vi.stubEnv('TEMPORAL_NAMESPACE', namespace.namespace);
  const close = async (): Promise<void> => {
    vi.unstubAllEnvs();
    bucket.close();
    await namespace.close();
  };
  return { namespace, bucket, spec: `s3://${bucket.name}/nightly.json`, close };
}
