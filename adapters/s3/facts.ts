import type { _Object as Listed } from '@aws-sdk/client-s3';
import type { ObjectFacts } from '../../ports/object-store.ts';

export function unquoted(etag: string | undefined): string {
  return (etag ?? '').replace(/^(?:W\/)?"|"$/gu, '');
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/**
 * Keys travel percent-encoded: XML cannot carry every character of a key, and its parser turns CR LF into LF.
 * Where a server takes no notice of the wish it does not repeat it, and the key is as it stands.
 */
function keyOf(key: string, encoding: string | undefined): string {
  if (encoding !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** @returns what a listing tells of an object. */
export function listedFacts(listed: Listed, encoding: string | undefined): ObjectFacts {
  return {
    key: keyOf(listed.Key ?? '', encoding),
    etag: unquoted(listed.ETag),
    sizeBytes: listed.Size ?? 0,
    lastModified: listed.LastModified?.toISOString() ?? null,
    versionId: null,
  };
}

/** @returns a folder of a listing: its key is all there is to know. */
export function folderFacts(prefix: string | undefined, encoding: string | undefined): ObjectFacts {
  return { key: keyOf(prefix ?? '', encoding), etag: '', sizeBytes: 0, lastModified: null, versionId: null };
}
