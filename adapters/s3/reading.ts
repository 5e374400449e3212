import { HeadObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { S3Location } from '../../domain/layout.ts';
import type { HeadOptions, ListQuery, ObjectFacts } from '../../ports/object-store.ts';
import type { S3Connection } from './client.ts';
import { folderFacts, listedFacts, unquoted } from './facts.ts';
import { objectStoreError, readingOf, type S3Act } from './problems.ts';

/** Sent with every request to a bucket whose readers pay. */
export type Payer = { readonly RequestPayer?: 'requester' };

/** @returns what of an object is known without reading it. */
export async function headObject(
  { client, site }: S3Connection,
  { at, options: { versionId } }: { readonly at: S3Location; readonly options: HeadOptions },
  payer: Payer,
): Promise<ObjectFacts> {
  const act = readingOf(at, versionId);
  const version = versionId === undefined ? {} : { VersionId: versionId };
  const command = new HeadObjectCommand({ Bucket: at.bucket, Key: at.key, ...version, ...payer });
  const found = await client.send(command).catch((error: unknown) => Promise.reject(objectStoreError(error, act, site)));
  return {
    key: at.key,
    etag: unquoted(found.ETag),
    sizeBytes: found.ContentLength ?? 0,
    lastModified: found.LastModified?.toISOString() ?? null,
    versionId: found.VersionId ?? null,
  };
}

function page(connection: S3Connection, query: ListQuery, more: Payer & PageStart): Promise<ListObjectsV2CommandOutput> {
  const act: S3Act = { action: 's3:ListBucket', bucket: query.bucket, key: query.prefix };
  const folders = query.folders === true ? { Delimiter: '/' } : {};
  const place = { Bucket: query.bucket, Prefix: query.prefix, EncodingType: 'url' as const, ...folders };
  const command = new ListObjectsV2Command({ ...place, ...more });
  return connection.client.send(command).catch((error: unknown) => Promise.reject(objectStoreError(error, act, connection.site)));
}

type PageStart = { readonly StartAfter?: string; readonly ContinuationToken?: string };

/** Pages of a listing, none of them empty. */
export async function* listObjects(
  connection: S3Connection,
  query: ListQuery,
  payer: Payer,
): AsyncGenerator<readonly ObjectFacts[]> {
  let start: PageStart = query.startAfter === undefined ? {} : { StartAfter: query.startAfter };
  for (;;) {
    const listed = await page(connection, query, { ...start, ...payer });
    const facts =
      query.folders === true
        ? (listed.CommonPrefixes ?? []).map(({ Prefix }) => folderFacts(Prefix, listed.EncodingType))
        : (listed.Contents ?? []).map((object) => listedFacts(object, listed.EncodingType));
    if (facts.length > 0) yield facts;
    if (listed.IsTruncated !== true || listed.NextContinuationToken === undefined) return;
    start = { ContinuationToken: listed.NextContinuationToken };
  }
}
