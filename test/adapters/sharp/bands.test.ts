import { describe, expect, it } from 'vitest';
import { difference, landscape, landscapePage } from '../../support/pictures.ts';
import { refusal, rendered } from '../../support/rendered.ts';
import { tiff } from '../../support/tiff-writer.ts';

const water = (x: number, y: number, band: number): number => (band === 3 ? (x < 32 ? 3 : 200) : landscape(x, y, band));

describe('bands of a TIFF', () => {
  it('are red, green and blue where the file says so, without a warning', async () => {
    const { at, facts } = await rendered(tiff(landscapePage()));
    expect(at(20, 10)).toEqual([0, 1, 2].map((band) => landscape(20, 10, band)));
    expect(facts).toMatchObject({ bands_used: [1, 2, 3], stretch: 'none', warnings: [], valid_fraction: 1 });
  });

  it('are not multiplied by near-infrared that is tagged as alpha', async () => {
    const { at, facts } = await rendered(tiff(landscapePage({ bands: 4, extraSamples: [2], pixel: water })));
    expect(at(10, 10)).toEqual([0, 1, 2].map((band) => landscape(10, 10, band)));
    expect(facts).toMatchObject({ bands: 4, bands_used: [1, 2, 3], valid_fraction: 1 });
    expect(facts.warnings).toEqual(['bands_assumed_1_2_3', 'alpha_not_a_mask']);
  });

  it('are black where a true alpha band is 0, and whole where it is 255', async () => {
    const pixel = (x: number, y: number, band: number): number => (band === 3 ? (x < 16 ? 0 : 255) : landscape(x, y, band));
    const { at, facts } = await rendered(tiff(landscapePage({ bands: 4, extraSamples: [2], pixel })));
    expect(at(10, 10)).toEqual([0, 0, 0]);
    expect(at(40, 10)).toEqual([0, 1, 2].map((band) => landscape(40, 10, band)));
    expect(facts).toMatchObject({ valid_fraction: 0.75, warnings: [] });
  });

  it.each([5, 8, 13])('are the first three of %i, with a warning that this was a guess', async (bands) => {
    const extraSamples = Array.from({ length: bands - 1 }, () => 0);
    const { at, facts } = await rendered(tiff(landscapePage({ bands, photometric: 1, extraSamples })));
    expect(at(20, 10)).toEqual([0, 1, 2].map((band) => landscape(20, 10, band)));
    expect(facts).toMatchObject({ bands, bands_used: [1, 2, 3], warnings: ['bands_assumed_1_2_3'] });
  });

  it('are those of image.bands, in that order, near-infrared included', async () => {
    const { at, facts } = await rendered(tiff(landscapePage({ bands: 4, extraSamples: [2], pixel: water })), {
      bands: [4, 3, 2],
    });
    expect(at(40, 10)).toEqual([200, landscape(40, 10, 2), landscape(40, 10, 1)]);
    expect(facts).toMatchObject({ bands_used: [4, 3, 2], warnings: [] });
  });

  it('make a grey picture of three equal bands where there is one', async () => {
    const { at, channels, facts } = await rendered(tiff(landscapePage({ bands: 1, photometric: 1 })));
    expect([channels, at(20, 10)]).toEqual([3, Array.from({ length: 3 }, () => landscape(20, 10, 0))]);
    expect(facts.bands_used).toEqual([1]);
  });

  it('refuse image.bands beyond what the tile has, naming the option and the number', async () => {
    expect(await refusal(tiff(landscapePage()), { bands: [4, 3, 2] })).toMatchObject({
      code: 'unsupported_format',
      message: 'image.bands names band 4, but the tile has 3 bands; name bands from 1 to 3.',
    });
  });

  it('are read whole from planar tiles, which libvips cannot', async () => {
    const { at } = await rendered(tiff(landscapePage({ planar: 2, tile: 32, compression: 8 })));
    expect(at(40, 20)).toEqual([0, 1, 2].map((band) => landscape(40, 20, band)));
  });

  it('are read from Zstandard, which libvips cannot', async () => {
    const { at, facts } = await rendered(tiff(landscapePage({ compression: 50_000 })));
    expect(at(40, 20)).toEqual([0, 1, 2].map((band) => landscape(40, 20, band)));
    expect(facts.warnings).toEqual([]);
  });

  it('are read despite a harmless oddity of the file, and the record says so', async () => {
    const { at, facts } = await rendered(tiff(landscapePage({ bands: 4 })));
    expect(at(40, 20)).toEqual([0, 1, 2].map((band) => landscape(40, 20, band)));
    expect(facts.warnings).toEqual(['tiff_read_despite_warning', 'bands_assumed_1_2_3']);
  });

  it('are read from tiles that are larger than the picture', async () => {
    const { at, width } = await rendered(tiff(landscapePage({ tile: 128, compression: 8 })));
    expect([width, at(40, 20)]).toEqual([64, [0, 1, 2].map((band) => landscape(40, 20, band))]);
  });

  it('come from the first page alone where overviews follow', async () => {
    const overview = landscapePage({ width: 32, height: 24, subfile: 1, pixel: () => 255 });
    const { at, width } = await rendered(tiff(landscapePage(), overview, { ...overview, width: 16, height: 16 }));
    expect([width, at(20, 10)]).toEqual([64, [0, 1, 2].map((band) => landscape(20, 10, band))]);
  });

  it('are inverted where white is zero', async () => {
    const { at } = await rendered(tiff(landscapePage({ bands: 1, photometric: 0 })));
    expect(at(20, 10)[0]).toBe(255 - landscape(20, 10, 0));
  });

  it('are looked up in a palette', async () => {
    const colourMap = Array.from({ length: 768 }, (_, index) => (index < 256 ? index * 257 : index < 512 ? 65_535 : 0));
    const { at, facts } = await rendered(tiff(landscapePage({ bands: 1, photometric: 3, colourMap })));
    expect(difference(at(20, 10), [landscape(20, 10, 0), 255, 0])).toBeLessThanOrEqual(1);
    expect(facts).toMatchObject({ bands: 1, bands_used: [1] });
  });

  it.each([
    { orientation: 3, size: [64, 48], corner: { x: 63, y: 47 } },
    { orientation: 6, size: [48, 64], corner: { x: 0, y: 47 } },
    { orientation: 8, size: [48, 64], corner: { x: 63, y: 0 } },
  ])('are turned upright (orientation $orientation)', async ({ orientation, size, corner }) => {
    const { at, width, height } = await rendered(tiff(landscapePage({ orientation })));
    expect([width, height]).toEqual(size);
    expect(at(0, 0)).toEqual([0, 1, 2].map((band) => landscape(corner.x, corner.y, band)));
  });
});
