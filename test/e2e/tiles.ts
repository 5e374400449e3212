import sharp from 'sharp';
import { landscape } from '../support/pictures.ts';
import type { Bucket } from './bucket.ts';

const SIDE = 64;
/** The same landscape comes again after so many; another quality makes another picture of it. */
const REPEATS = 100;

/** @returns a small JPEG; every n gives another picture. */
export async function jpegTile(n: number): Promise<Uint8Array> {
  const samples = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return landscape((pixel % SIDE) + n * 5, Math.floor(pixel / SIDE) + n * 11, at % 3);
  });
  return sharp(samples, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 90 - Math.floor(n / REPEATS) })
    .toBuffer();
}

/** @returns a tile of one value, which an image spec can call nodata. */
export async function blankTile(): Promise<Uint8Array> {
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
}

/** Puts so many different tiles below `tiles/`. @returns their keys, in order. */
export async function putTiles(bucket: Bucket, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  return Promise.all(
    numbers.map(async (n) => {
      const key = `tiles/${String(n).padStart(4, '0')}.jpg`;
      await bucket.put(key, await jpegTile(n));
      return key;
    }),
  );
}
