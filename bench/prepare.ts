import sharp from 'sharp';
import { renderTile } from '../adapters/sharp/render.ts';
import { createTileRenderer } from '../adapters/sharp/renderer.ts';
import type { ImageSpec } from '../domain/spec.ts';
import type { TileSource } from '../ports/tile-renderer.ts';

const SIDE = 512;
const WARM_UP = 5;
const ROUNDS = 40;
const THREADS = 2;
const IMAGE: ImageSpec = { maxSide: 1_024, format: 'jpeg', quality: 85, minValidFraction: 0.05 };

interface Figure {
  readonly tile: string;
  readonly cpuMs: number;
  readonly tilesPerS: number;
  readonly sentKb: number;
}

/** Fields, roads and noise: about as hard to compress as real imagery. The same in every run. */
function scene(): Uint8Array {
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const [x, y, band] = [Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE), at % 3];
    const fields = ((x >> 5) * 7 + (y >> 5) * 11 + band * 3) % 9;
    return 40 + fields * 15 + 20 * Math.sin(x / 9 + band) + random() * 25;
  });
}

async function tiles(): Promise<readonly (readonly [name: string, source: TileSource])[]> {
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  const samples = scene();
  const rgb = sharp(samples, { raw });
  const deep = sharp(
    Uint16Array.from(samples, (level) => level * 12),
    { raw },
  ).toColourspace('rgb16');
  const made = [
    ['JPEG, sent as it is', await rgb.clone().jpeg({ quality: 85 }).toBuffer()],
    ['PNG, made into JPEG', await rgb.clone().png().toBuffer()],
    ['GeoTIFF, 3 x uint8', await rgb.clone().tiff({ compression: 'deflate' }).toBuffer()],
    ['GeoTIFF, 3 x uint16, stretched', await deep.tiff({ compression: 'deflate' }).toBuffer()],
  ] as const;
  return made.map(([name, bytes]) => [name, { key: 'bench', bytes }] as const);
}

async function cpuMs(source: TileSource): Promise<number> {
  for (let round = 0; round < WARM_UP; round += 1) await renderTile(source, IMAGE);
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) await renderTile(source, IMAGE);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ROUNDS;
}

async function measure(): Promise<readonly Figure[]> {
  const renderer = createTileRenderer({ threads: THREADS });
  const figures: Figure[] = [];
  const throughput = async (source: TileSource, count: number): Promise<number> => {
    const start = performance.now();
    const renderings = await Promise.all(Array.from({ length: count }, () => renderer.render(source, IMAGE)));
    if (!renderings.every(({ ok }) => ok)) throw new Error('A tile of the benchmark was not prepared.');
    return (count * 1_000) / (performance.now() - start);
  };
  try {
    for (const [tile, source] of await tiles()) {
      await throughput(source, WARM_UP * THREADS);
      const tilesPerS = await throughput(source, ROUNDS * THREADS);
      const rendering = await renderTile(source, IMAGE);
      figures.push({ tile, cpuMs: await cpuMs(source), tilesPerS, sentKb: (rendering.facts.sent_bytes ?? 0) / 1_000 });
    }
  } finally {
    await renderer.close();
  }
  return figures;
}

/** Prints what preparing a 512-pixel tile costs: processor time in one thread, and tiles a second in two. */
export async function benchPrepare(): Promise<void> {
  const rows = (await measure()).map(
    ({ tile, cpuMs: cpu, tilesPerS, sentKb }) =>
      `| ${tile} | ${cpu.toFixed(1)} | ${tilesPerS.toFixed(0)} | ${sentKb.toFixed(0)} |`,
  );
  const head = [`| ${SIDE}-pixel tile | cpu-ms | tiles/s, ${THREADS} threads | kB sent |`, '| --- | --- | --- | --- |'];
  process.stdout.write(`${[...head, ...rows].join('\n')}\n`);
}
