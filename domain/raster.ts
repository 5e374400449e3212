/** Samples as they stand in a tile. */
export type Samples = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Decoded pixels, row by row, the bands of a pixel side by side. */
export interface Raster<S extends Samples = Samples> {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly samples: S;
}

/** One byte a pixel: 0 where there is nothing to see. */
export type ValidMask = Uint8Array;

/** @returns the raster with the given bands only (0-based), in that order; itself where that changes nothing. */
export function pickBands<S extends Samples>(raster: Raster<S>, bands: readonly number[]): Raster<S> {
  if (bands.length === raster.count && bands.every((band, index) => band === index)) return raster;
  const pixels = raster.width * raster.height;
  const picked = new (raster.samples.constructor as new (length: number) => S)(pixels * bands.length);
  for (const [index, band] of bands.entries()) {
    for (let at = index, from = band; at < picked.length; at += bands.length, from += raster.count) {
      picked[at] = raster.samples[from] as number;
    }
  }
  return { ...raster, count: bands.length, samples: picked };
}

/** @returns grey as three equal bands; anything else as it is. */
export function asRgb(raster: Raster<Uint8Array>): Raster<Uint8Array> {
  return raster.count === 1 ? pickBands(raster, [0, 0, 0]) : raster;
}

/**
 * Turns stored pixels the way they are to be seen.
 * @param orientation 1-8, as in EXIF and TIFF tag 274; anything else counts as 1.
 */
export function oriented<S extends Samples>(raster: Raster<S>, orientation: number): Raster<S> {
  if (!(orientation >= 2 && orientation <= 8)) return raster;
  const { width, height, count } = raster;
  const sideways = orientation >= 5;
  const [outWidth, outHeight] = sideways ? [height, width] : [width, height];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const turned = new (raster.samples.constructor as new (length: number) => S)(raster.samples.length);
  let at = 0;
  for (let row = 0; row < outHeight; row += 1) {
    for (let column = 0; column < outWidth; column += 1) {
      const [u, v] = sideways ? [row, column] : [column, row];
      const from = ((fromBottom ? height - 1 - v : v) * width + (fromRight ? width - 1 - u : u)) * count;
      for (let band = 0; band < count; band += 1) turned[at++] = raster.samples[from + band] as number;
    }
  }
  return { width: outWidth, height: outHeight, count, samples: turned };
}
