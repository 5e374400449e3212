// Puts so many pictures, each another one, below a prefix: node examples/put-tiles.mjs s3://tiles/2026/01/31/ 40
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';

const SIDE = 256;
const [address = '', count = '40'] = process.argv.slice(2);
const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/u.exec(address) ?? [];
if (bucket === undefined) throw new Error(`${address}: expected s3://bucket/prefix/`);

/** The same key is the same picture: what is put again is no new tile. */
async function pictureOf(key) {
  const seed = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 0);
  const samples = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE)];
    return 128 + 60 * Math.sin((x + seed) / 17) + 60 * Math.cos((y - seed) / 23 + (at % 3));
  });
  return sharp(samples, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg()
    .toBuffer();
}

// Of a notice that it prints on Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const s3 = new S3Client({ forcePathStyle: true });
for (let n = 0; n < Number(count); n += 1) {
  const Key = `${prefix}${String(n).padStart(4, '0')}.jpg`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: await pictureOf(Key) }));
}
process.stdout.write(`${count} tiles below ${address}\n`);
