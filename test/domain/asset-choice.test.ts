import { describe, expect, it } from 'vitest';
import { chooseAsset, type Asset, type Assets } from '../../domain/asset-choice.ts';

const COG = 'image/tiff; application=geotiff; profile=cloud-optimized';

function assets(all: Record<string, Partial<Asset>>): Assets {
  return new Map(
    Object.entries(all).map(([name, asset]) => [name, { href: `${name}.tif`, type: null, roles: [], gsd_m: null, ...asset }]),
  );
}

function chosen(all: Assets, wanted?: string): string {
  const asset = chooseAsset(all, wanted);
  return typeof asset === 'string' ? asset : asset.href;
}

const BANDS = { B02: { type: COG, roles: ['data'] }, B03: { type: COG, roles: ['data'] } };

describe('the picture of an Item', () => {
  it.each([
    ['is what the spec says', assets({ visual: {}, B04: {} }), 'B04', 'B04.tif'],
    ['is visual, whatever else there is', assets({ ...BANDS, visual: {} }), undefined, 'visual.tif'],
    [
      'is else the only picture with the role data',
      assets({
        thumbnail: { type: 'image/png', roles: ['thumbnail'] },
        image: { type: COG, roles: ['data'] },
        meta: { type: 'application/json', roles: ['data'] },
      }),
      undefined,
      'image.tif',
    ],
    ['is none of many', assets(BANDS), undefined, 'no asset visual, and 2 pictures with the role data; it has B02, B03'],
    [
      'is none that cannot be read',
      assets({ tci: { type: 'image/jp2', roles: ['data'] } }),
      undefined,
      'no asset visual, and none with the role data and the type of a TIFF, JPEG, PNG or WebP; it has tci',
    ],
    ['is not there where the spec names another', assets({ visual: {} }), 'B04', 'no asset "B04" with a href; it has visual'],
    [
      'is not there where there is no asset',
      assets({}),
      undefined,
      'no asset visual, and none with the role data and the type of a TIFF, JPEG, PNG or WebP; it has no asset with a href',
    ],
  ])('%s', (...[, all, wanted, expected]) => {
    expect(chosen(all, wanted)).toBe(expected);
  });
});
