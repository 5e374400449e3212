import type { Raster, Samples, ValidMask } from './raster.ts';

/** Where black and white lie, in the units of the samples. */
export type Limits = readonly [low: number, high: number];

/** How samples became 8 bits. `none`: they already were. */
export interface Stretch {
  readonly kind: 'none' | 'percentile' | 'scale';
  /** One pair a band. */
  readonly limits: readonly Limits[];
}

export const NO_STRETCH: Stretch = { kind: 'none', limits: [] };
export const LOW_PERCENTILE = 2;
export const HIGH_PERCENTILE = 98;
/** More samples do not move a percentile by a grey level. */
const SAMPLES_A_BAND = 65_000;
const LEAST_SAMPLES = 1_000;

/** The picture that percentiles are taken of. */
export interface Sampled {
  readonly raster: Raster;
  readonly mask: ValidMask | null;
  readonly nodata: number | null;
}

/** @returns every how many pixels to look: odd and prime to the width, so that no column is favoured. */
export function strideOf({ width, height }: { readonly width: number; readonly height: number }): number {
  const prime = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];
  const least = Math.ceil((width * height) / SAMPLES_A_BAND);
  if (least <= 1) return 1;
  const clean = (step: number): boolean => prime.every((factor) => step % factor !== 0 || width % factor !== 0);
  let stride = least;
  while (!clean(stride)) stride += 1;
  return stride;
}

/** @returns the values in order. 16 bits are counted, which is faster than sorting: tiles have three such bands. */
function inOrder(found: Float64Array, sixteenBits: boolean): ArrayLike<number> {
  if (!sixteenBits) return found.toSorted();
  const counts = new Uint32Array(65_536);
  for (let at = 0; at < found.length; at += 1) counts[found[at] as number] = (counts[found[at] as number] as number) + 1;
  const ordered = new Uint16Array(found.length);
  for (let value = 0, at = 0; at < ordered.length; value += 1) {
    const end = at + (counts[value] as number);
    if (end > at) ordered.fill(value, at, end);
    at = end;
  }
  return ordered;
}

/** @returns valid values of one band (0-based), every `stride` pixels. */
function gather({ raster, mask, nodata }: Sampled, band: number, stride: number): Float64Array {
  const { samples, count } = raster;
  const pixels = raster.width * raster.height;
  const found = new Float64Array(Math.ceil(pixels / stride));
  let kept = 0;
  for (let pixel = 0; pixel < pixels; pixel += stride) {
    const value = samples[pixel * count + band] as number;
    if ((mask === null || mask[pixel] === 1) && value !== nodata) found[kept++] = value;
  }
  return found.subarray(0, kept);
}

/** @returns valid values of one band (0-based), in order. */
function orderedSample(sampled: Sampled, band: number): ArrayLike<number> {
  const stride = strideOf(sampled.raster);
  const few = gather(sampled, band, stride);
  // Where nearly everything is nodata the stride may have missed what there is.
  const found = few.length >= LEAST_SAMPLES || stride === 1 ? few : gather(sampled, band, 1);
  return inOrder(found, sampled.raster.samples instanceof Uint16Array);
}

/** @returns the value below which `percent` of the sorted values lie, between neighbours in proportion; null of nothing. */
export function percentileOf(sorted: ArrayLike<number>, percent: number): number | null {
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}

function percentileLimits(sampled: Sampled, band: number): Limits {
  const sorted = orderedSample(sampled, band);
  const round = (value: number | null): number => Number((value ?? 0).toPrecision(6));
  return [round(percentileOf(sorted, LOW_PERCENTILE)), round(percentileOf(sorted, HIGH_PERCENTILE))];
}

/** @returns what becomes of the samples: nothing for 8 bits, the spec's scale, or 2-98 percentiles a band over valid pixels. */
export function chooseStretch(sampled: Sampled, scale: Limits | undefined): Stretch {
  const { samples, count } = sampled.raster;
  if (samples instanceof Uint8Array) return NO_STRETCH;
  const bands = Array.from({ length: count }, (_, band) => band);
  if (scale !== undefined) return { kind: 'scale', limits: bands.map(() => scale) };
  return { kind: 'percentile', limits: bands.map((band) => percentileLimits(sampled, band)) };
}

/** @returns the grey level of a value: 0 at `low` and below, 255 at `high` and above. Limits that meet part black from white. */
export function levelOf(value: number, [low, high]: Limits): number {
  if (!(value > low)) return 0;
  if (value >= high) return 255;
  return Math.round(((value - low) / (high - low)) * 255);
}

function tableOf(limits: Limits): Uint8Array {
  const table = new Uint8Array(65_536);
  for (let value = 0; value < table.length; value += 1) table[value] = levelOf(value, limits);
  return table;
}

function stretchBand(
  samples: Samples,
  into: Uint8Array,
  { band, count, limits }: { band: number; count: number; limits: Limits },
): void {
  if (samples instanceof Uint16Array) {
    const table = tableOf(limits);
    for (let at = band; at < samples.length; at += count) into[at] = table[samples[at] as number] as number;
    return;
  }
  for (let at = band; at < samples.length; at += count) into[at] = levelOf(samples[at] as number, limits);
}

/** @returns the raster in 8 bits. */
export function stretched(raster: Raster, stretch: Stretch): Raster<Uint8Array> {
  const { samples, count } = raster;
  if (samples instanceof Uint8Array) return { ...raster, samples };
  const into = new Uint8Array(samples.length);
  for (const [band, limits] of stretch.limits.entries()) stretchBand(samples, into, { band, count, limits });
  return { ...raster, samples: into };
}

/** @returns the record's text: `none`, `percentile 2-98: 112-3021, 90-2800, 80-2500` or `scale 0-3000`. */
export function stretchText({ kind, limits }: Stretch): string {
  if (kind === 'none') return 'none';
  const pairs = limits.map(([low, high]) => `${low}-${high}`);
  return kind === 'scale' ? `scale ${pairs[0] ?? ''}` : `percentile ${LOW_PERCENTILE}-${HIGH_PERCENTILE}: ${pairs.join(', ')}`;
}
