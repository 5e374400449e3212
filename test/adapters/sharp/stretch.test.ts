import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { landscape, landscapePage } from '../../support/pictures.ts';
import { refusal, rendered } from '../../support/rendered.ts';
import { tiff } from '../../support/tiff-writer.ts';

const reflectance = (x: number, y: number, band: number): number => landscape(x, y, band) * 12;
const levels = async (picture: Uint8Array): Promise<{ mean: number; deviation: number }> => {
  const { channels } = await sharp(picture).stats();
  return { mean: channels[0]?.mean ?? 0, deviation: channels[0]?.stdev ?? 0 };
};

describe('samples that are not 8 bits', () => {
  it.each(['uint16', 'int16', 'float32', 'float64'] as const)('of type %s fill the range from black to white', async (type) => {
    const { picture, facts } = await rendered(tiff(landscapePage({ type, pixel: reflectance })));
    const { mean, deviation } = await levels(picture);
    expect(mean).toBeGreaterThan(60);
    expect(mean).toBeLessThan(200);
    expect(deviation).toBeGreaterThan(40);
    expect(facts.dtype).toBe(type);
    expect(facts.stretch).toMatch(/^percentile 2-98: [\d.]+-[\d.]+, [\d.]+-[\d.]+, [\d.]+-[\d.]+$/);
  });

  it('of three bands keep all three, though sharp calls them grey with alpha', async () => {
    const { at } = await rendered(
      tiff(landscapePage({ type: 'uint16', photometric: 1, extraSamples: [0, 0], pixel: reflectance })),
      {
        scale: [0, 255 * 12],
      },
    );
    expect(at(20, 10)).toEqual([0, 1, 2].map((band) => landscape(20, 10, band)));
  });

  it('follow image.scale, so that neighbouring tiles match', async () => {
    const bright = tiff(landscapePage({ type: 'uint16', pixel: (x, y, band) => reflectance(x, y, band) + 600 }));
    const { at, facts } = await rendered(bright, { scale: [600, 600 + 255 * 12] });
    expect(at(33, 7)).toEqual([0, 1, 2].map((band) => landscape(33, 7, band)));
    expect(facts.stretch).toBe('scale 600-3660');
  });

  it('are stretched over what is valid, not over nodata', async () => {
    const pixel = (x: number, y: number, band: number): number => (x < 32 ? 0 : 5_000 + landscape(x, y, band));
    const { at, facts } = await rendered(tiff(landscapePage({ type: 'uint16', nodata: '0', pixel })));
    expect(facts).toMatchObject({ valid_fraction: 0.5 });
    expect(at(10, 10)).toEqual([0, 0, 0]);
    expect(Math.max(...at(63, 47), ...at(40, 20), ...at(50, 30))).toBeGreaterThan(150);
  });

  it('are missing where they are NaN', async () => {
    const pixel = (x: number, y: number, band: number): number => (x < 16 ? Number.NaN : landscape(x, y, band) / 255);
    const { at, facts } = await rendered(tiff(landscapePage({ type: 'float32', nodata: 'nan', pixel })));
    expect(facts).toMatchObject({ valid_fraction: 0.75 });
    expect(at(5, 5)).toEqual([0, 0, 0]);
  });

  it('match a nodata value that only 64 bits can write out', async () => {
    const pixel = (x: number, y: number, band: number): number => (x < 32 ? -3.402_823_466_385_288_6e38 : landscape(x, y, band));
    const { facts } = await rendered(tiff(landscapePage({ type: 'float32', nodata: '-3.4028234663852886e+38', pixel })));
    expect(facts.valid_fraction).toBe(0.5);
  });

  it('of 16 bits in a PNG are stretched too', async () => {
    const values = new Uint16Array(64 * 48 * 3).map((_, at) => reflectance(((at / 3) % 64) | 0, (at / 192) | 0, at % 3));
    const bytes = await sharp(values, { raw: { width: 64, height: 48, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const { at, facts } = await rendered(bytes, { scale: [0, 255 * 12] });
    expect(at(20, 10)).toEqual([0, 1, 2].map((band) => landscape(20, 10, band)));
    expect(facts).toMatchObject({ dtype: 'uint16', format: 'png', stretch: 'scale 0-3060' });
  });

  it('that are complex are refused', async () => {
    expect(await refusal(tiff(landscapePage({ type: 'complex64' })))).toMatchObject({
      code: 'unsupported_format',
      message: 'Samples of type complex64 are not read; write the tile as float32 or uint16.',
    });
  });
});

describe('8-bit samples', () => {
  it('are left alone, and say so where a scale was asked for', async () => {
    const { at, facts } = await rendered(tiff(landscapePage()), { scale: [0, 100] });
    expect(at(20, 10)).toEqual([0, 1, 2].map((band) => landscape(20, 10, band)));
    expect(facts).toMatchObject({ stretch: 'none', warnings: ['scale_not_used_for_8_bit'] });
  });
});

describe('tiles with little in them', () => {
  const half = (x: number, y: number, band: number): number => (x < 62 ? 7 : landscape(x, y, band));

  it('are skipped where the bands used are 0 everywhere, whatever the other bands hold', async () => {
    const pixel = (x: number, y: number, band: number): number => (band < 3 ? 0 : landscape(x, y, band));
    const { code, message } = await refusal(tiff(landscapePage({ bands: 4, extraSamples: [0], pixel })));
    expect([code, message]).toEqual(['empty_tile', 'The bands used are 0 everywhere.']);
  });

  it('are skipped where everything is nodata', async () => {
    expect(await refusal(tiff(landscapePage({ pixel: () => 9, nodata: '9' })))).toMatchObject({
      code: 'empty_tile',
      message: 'No pixel of the tile is valid.',
      facts: { valid_fraction: 0 },
    });
  });

  it('are skipped below image.minValidFraction, and asked about at it', async () => {
    const bytes = tiff(landscapePage({ pixel: half }));
    const { code, message } = await refusal(bytes, { nodata: 7 });
    expect([code, message]).toEqual(['empty_tile', '0.0313 of the tile is valid, less than image.minValidFraction 0.05.']);
    expect((await rendered(bytes, { nodata: 7, minValidFraction: 0.03 })).facts.valid_fraction).toBe(0.0313);
  });

  it("follow image.nodata before the file's own value", async () => {
    const { facts } = await rendered(
      tiff(landscapePage({ pixel: (x, y, band) => (x < 32 ? 7 : landscape(x, y, band)), nodata: '9' })),
      {
        nodata: 7,
      },
    );
    expect(facts.valid_fraction).toBe(0.5);
  });

  it('count a pixel as missing only where all its bands are nodata', async () => {
    const pixel = (x: number, y: number, band: number): number => (x < 32 && band === 0 ? 0 : landscape(x, y, band));
    expect((await rendered(tiff(landscapePage({ pixel, nodata: '0' })))).facts.valid_fraction).toBe(1);
  });

  it('are black where an internal mask is 0', async () => {
    const mask = landscapePage({ bands: 1, photometric: 4, subfile: 4, pixel: (x) => (x < 16 ? 0 : 255) });
    const { at, facts } = await rendered(tiff(landscapePage(), mask));
    expect(facts.valid_fraction).toBe(0.75);
    expect([at(5, 5), at(20, 10)]).toEqual([[0, 0, 0], [0, 1, 2].map((band) => landscape(20, 10, band))]);
  });

  it('are skipped where the picture is one flat colour', async () => {
    const { code, message } = await refusal(tiff(landscapePage({ pixel: () => 120 })));
    expect([code, message]).toEqual(['empty_tile', 'The picture is one flat colour.']);
  });

  it('are asked about where the only thing on calm water is a boat', async () => {
    const boat = (x: number, y: number): number => (x === 30 && y > 20 && y < 24 ? 200 : 40);
    expect((await rendered(tiff(landscapePage({ width: 512, height: 512, pixel: boat })))).facts.stretch).toBe('none');
  });
});
