import { createHash } from 'node:crypto';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { harvestedFrom } from '../domain/harvest.ts';
import type { TileRecord } from '../domain/record.ts';
import type { PutObject } from './burst-events.ts';
import { BUCKET } from './run-scene.ts';

const SIDE = 64;
const AT_ONCE = 16;

/** @returns a small picture like no other. */
function picture(n: number): Promise<Buffer> {
  const background = { r: n % 256, g: Math.floor(n / 256) % 256, b: 90 };
  return sharp({
    create: { width: SIDE, height: SIDE, channels: 3, background, noise: { type: 'gaussian', mean: 90, sigma: 20 } },
  })
    .jpeg()
    .toBuffer();
}

/** Puts objects below `tiles/`, by turns of so many pictures. @returns them, in the order in which they were put. */
export async function putObjects(client: S3Client, count: number, pictures: number): Promise<PutObject[]> {
  const made = await Promise.all(Array.from({ length: pictures }, (_, n) => picture(n)));
  const objects = Array.from({ length: count }, (_, n) => {
    const body = made[n % pictures] ?? Buffer.alloc(0);
    return { key: `tiles/${n}.jpg`, body, size: body.length, eTag: createHash('md5').update(body).digest('hex') };
  });
  const due = objects[Symbol.iterator]();
  const upload = async (): Promise<void> => {
    for (const { key, body } of due) await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, upload));
  return objects;
}

const RECORDS = /\/run=[^/]+\/(?:captions|errors)\/[^/]+\.jsonl$/u;

/** A record of an object. */
export interface BurstRecord {
  readonly key: string;
  /** An earlier run has asked; this one has its answer from there. */
  readonly takenOver: boolean;
}

/** @returns all records below `out/`, of all runs. */
export async function burstRecords(client: S3Client): Promise<BurstRecord[]> {
  const records: BurstRecord[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: BUCKET, Prefix: 'out/' })) {
    for (const { Key = '' } of Contents) if (RECORDS.test(Key)) records.push(...(await recordsOf(client, Key)));
  }
  return records;
}

async function recordsOf(client: S3Client, part: string): Promise<BurstRecord[]> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: part }));
  const lines = ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const record = JSON.parse(line) as TileRecord;
    return { key: record.key, takenOver: harvestedFrom(record) !== null };
  });
}
