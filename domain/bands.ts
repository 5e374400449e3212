import { quantity } from './quantity.ts';

/** What a header says about a tile's bands. */
export interface BandLayout {
  /** Bands in the file, alpha included. */
  readonly count: number;
  /** Whether the file says that its first three bands are red, green and blue. */
  readonly rgb: boolean;
  /** The band that the file calls alpha, 1-based; null where it names none. */
  readonly alpha: number | null;
}

export type BandChoice =
  | { readonly ok: true; readonly bands: readonly number[]; readonly alpha: number | null; readonly assumed: boolean }
  | { readonly ok: false; readonly message: string };

/** The order of the bands was a guess: nothing said so, in the spec or in the file. */
export const BANDS_ASSUMED = 'bands_assumed_1_2_3';
/** The file calls a band alpha that holds more than 0 and its largest value, as GDAL does with near-infrared; it was left out. */
export const ALPHA_NOT_A_MASK = 'alpha_not_a_mask';

function asked(bands: readonly number[], layout: BandLayout): BandChoice {
  const beyond = bands.find((band) => !Number.isInteger(band) || band < 1 || band > layout.count);
  if (beyond !== undefined) {
    const message = `image.bands names band ${beyond}, but the tile has ${quantity(layout.count, 'band')}; name bands from 1 to ${layout.count}.`;
    return { ok: false, message };
  }
  if (bands.length !== 1 && bands.length !== 3) {
    return {
      ok: false,
      message: `image.bands names ${quantity(bands.length, 'band')}; name one for grey or three for red, green and blue.`,
    };
  }
  return { ok: true, bands, alpha: layout.alpha !== null && bands.includes(layout.alpha) ? null : layout.alpha, assumed: false };
}

/**
 * Which bands become red, green and blue (or grey), 1-based. A spec's wish goes first, then what the file says, then 1, 2, 3.
 * Whether `alpha` really is one can only be seen from its values.
 */
export function chooseBands(layout: BandLayout, wish: readonly number[] | undefined): BandChoice {
  if (wish !== undefined) return asked(wish, layout);
  const colours = layout.count - (layout.alpha === null ? 0 : 1);
  if (colours < 3) return { ok: true, bands: [1], alpha: layout.alpha, assumed: false };
  return { ok: true, bands: [1, 2, 3], alpha: layout.alpha, assumed: !layout.rgb || colours > 3 };
}
