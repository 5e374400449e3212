import sharp from 'sharp';

export type Colour = { readonly r: number; readonly g: number; readonly b: number };

export const WATER: Colour = { r: 20, g: 45, b: 95 };
export const FOREST: Colour = { r: 40, g: 95, b: 45 };
export const SOIL: Colour = { r: 170, g: 130, b: 90 };
export const SNOW: Colour = { r: 240, g: 240, b: 245 };
export const BLACK: Colour = { r: 0, g: 0, b: 0 };

/** A patch of one colour; all lengths are pixels. */
export interface Patch {
  readonly colour: Colour;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const SIDE = 256;

/** @returns the PNG of a square scene of one ground with patches on it. */
export async function scene(ground: Colour, patches: readonly Patch[] = [], side = SIDE): Promise<Buffer> {
  const layers = await Promise.all(
    patches.map(async ({ colour, left, top, width, height }) => {
      const input = await sharp({ create: { width, height, channels: 3, background: colour } })
        .png()
        .toBuffer();
      return { input, left, top };
    }),
  );
  return sharp({ create: { width: side, height: side, channels: 3, background: ground } })
    .composite(layers)
    .png()
    .toBuffer();
}

/** @returns ships: bright patches of 16 x 16 in a row, well apart. */
export function ships(count: number): readonly Patch[] {
  return Array.from({ length: count }, (_, n) => ({ colour: SNOW, left: 16 + 40 * n, top: 100, width: 16, height: 16 }));
}
