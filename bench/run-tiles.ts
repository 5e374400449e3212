import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { localS3Client } from '../local/buckets.ts';
import { encodeGeoTiff } from '../local/geotiff.ts';
import type { S3Access } from '../local/s3-server.ts';

const SIDE = 512;
const CANVAS = 2 * SIDE;
const AT_ONCE = 8;
const PIXEL_DEGREES = 0.000_1;

/** Fields and a little noise, from which every tile is a window of its own. The same in every run. */
function canvas(): Uint8Array {
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return Uint8Array.from({ length: CANVAS * CANVAS * 3 }, (_, at) => {
    const [x, y, band] = [Math.floor(at / 3) % CANVAS, Math.floor(at / 3 / CANVAS), at % 3];
    const fields = ((x >> 5) * 7 + (y >> 5) * 11 + band * 3) % 9;
    return 40 + fields * 15 + random() * 8;
  });
}

interface Tile {
  readonly key: string;
  readonly body: Uint8Array;
}

/** @returns tile n: by turns a JPEG, which is sent as it is, and a GeoTIFF, which is made into one. */
async function tile(from: Uint8Array, n: number, prefix: string): Promise<Tile> {
  const [left, top] = [n % SIDE, Math.floor(n / SIDE) % SIDE];
  const window = sharp(from, { raw: { width: CANVAS, height: CANVAS, channels: 3 } });
  const cut = window.extract({ left, top, width: SIDE, height: SIDE });
  const name = String(n).padStart(6, '0');
  if (n % 2 === 0) return { key: `${prefix}${name}.jpg`, body: await cut.jpeg({ quality: 85 }).toBuffer() };
  const place = { west: left * PIXEL_DEGREES, north: 48 - top * PIXEL_DEGREES, pixelDegrees: PIXEL_DEGREES };
  const samples = new Uint8Array(await cut.raw().toBuffer());
  return { key: `${prefix}${name}.tif`, body: await encodeGeoTiff({ width: SIDE, height: SIDE, bands: 3, samples, ...place }) };
}

/** Where tiles go, and which ones: no two numbers have the same picture. */
export interface TilePlace {
  readonly bucket: string;
  /** `tiles/` */
  readonly prefix: string;
  readonly first?: number;
  readonly count: number;
}

/** Puts tiles into a bucket that exists. */
export async function uploadTiles(s3: S3Access, { bucket, prefix, first = 0, count }: TilePlace): Promise<void> {
  const client = localS3Client(s3);
  const from = canvas();
  const numbers = Array.from({ length: count }, (_, n) => first + n)[Symbol.iterator]();
  const upload = async (): Promise<void> => {
    for (const n of numbers) await put(client, bucket, await tile(from, n, prefix));
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, upload));
  } finally {
    client.destroy();
  }
}

async function put(client: S3Client, bucket: string, { key, body }: Tile): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}
