import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseBands } from '../../domain/bands.ts';
import { isBlank, largestDeviation } from '../../domain/blank.ts';
import { MAX_DECODED_BYTES, MAX_PIXELS, decodedBytes, gate } from '../../domain/gate.ts';
import { oriented, pickBands } from '../../domain/raster.ts';
import { imageTokens } from '../../domain/tokens.ts';
import { isMaskBand, maskOfNodata, validFraction } from '../../domain/valid.ts';

describe('the choice of bands', () => {
  const rgbn = { count: 4, rgb: true, alpha: 4 };

  it('goes by the spec, by the file, and by order, in turn', () => {
    expect(chooseBands(rgbn, [4, 3, 2])).toEqual({ ok: true, bands: [4, 3, 2], alpha: null, assumed: false });
    expect(chooseBands(rgbn, undefined)).toEqual({ ok: true, bands: [1, 2, 3], alpha: 4, assumed: false });
    expect(chooseBands({ count: 13, rgb: false, alpha: null }, undefined)).toMatchObject({ bands: [1, 2, 3], assumed: true });
    expect(chooseBands({ count: 2, rgb: false, alpha: 2 }, undefined)).toMatchObject({ bands: [1], alpha: 2, assumed: false });
  });

  it('refuses two bands, and bands that are not there, in a sentence', () => {
    expect(chooseBands(rgbn, [1, 2])).toMatchObject({ ok: false, message: expect.stringContaining('names 2 bands; name one') });
    expect(chooseBands({ count: 1, rgb: false, alpha: null }, [2])).toMatchObject({
      ok: false,
      message: expect.stringContaining('1 band;'),
    });
  });

  it('names only bands that the tile has', () => {
    const layout = fc.record({ count: fc.integer({ min: 1, max: 20 }), rgb: fc.boolean(), alpha: fc.constant(null) });
    fc.assert(
      fc.property(
        layout,
        fc.option(fc.array(fc.integer({ min: -1, max: 25 }), { maxLength: 4 }), { nil: undefined }),
        (given, wish) => {
          const choice = chooseBands(given, wish);
          expect(!choice.ok || choice.bands.every((band) => band >= 1 && band <= given.count)).toBe(true);
        },
      ),
    );
  });
});

describe('the gate', () => {
  it('lets 8192 x 8192 pixels in 8-bit RGB pass, and not a row more', () => {
    const square = { width: 8_192, height: 8_192, bands: 3, bytesPerSample: 1 };
    expect(gate(square)).toBeNull();
    expect(gate({ ...square, height: 8_193 })?.code).toBe('too_large');
  });

  it('lets nothing pass that breaks one of its limits', () => {
    const side = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 100_000 }));
    const header = fc.record({
      width: side,
      height: side,
      bands: fc.integer({ min: 1, max: 64 }),
      bytesPerSample: fc.constantFrom(1, 2, 4, 8),
    });
    fc.assert(
      fc.property(header, (facts) => {
        const { width, height } = facts;
        const [short, long] = [Math.min(width, height), Math.max(width, height)];
        const fits =
          width * height <= MAX_PIXELS && decodedBytes(facts) <= MAX_DECODED_BYTES && short >= 16 && long <= 200 * short;
        expect(gate(facts) === null).toBe(fits);
      }),
    );
  });
});

describe('pixels', () => {
  const raster = { width: 2, height: 3, count: 2, samples: Uint8Array.of(0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15) };

  it('keep the picked bands in the asked order', () => {
    expect([...pickBands(raster, [1]).samples]).toEqual([10, 11, 12, 13, 14, 15]);
    expect(pickBands(raster, [0, 1])).toBe(raster);
  });

  it.each([
    [1, [0, 1, 2, 3, 4, 5]],
    [2, [1, 0, 3, 2, 5, 4]],
    [3, [5, 4, 3, 2, 1, 0]],
    [4, [4, 5, 2, 3, 0, 1]],
    [5, [0, 2, 4, 1, 3, 5]],
    [6, [4, 2, 0, 5, 3, 1]],
    [7, [5, 3, 1, 4, 2, 0]],
    [8, [1, 3, 5, 0, 2, 4]],
  ])('are turned the way orientation %i says', (orientation, expected) => {
    const turned = oriented(pickBands(raster, [0]), orientation);
    expect([...turned.samples]).toEqual(expected);
    expect([turned.width, turned.height]).toEqual(orientation >= 5 ? [3, 2] : [2, 3]);
  });
});

describe('validity', () => {
  const page = (samples: Uint8Array | Float32Array, count = 1) => ({ width: samples.length / count, height: 1, count, samples });

  it('takes a band for a mask only where it holds 0 and its largest value alone', () => {
    expect([isMaskBand(Uint8Array.of(0, 255)), isMaskBand(Uint8Array.of(0, 254, 255))]).toEqual([true, false]);
    expect([isMaskBand(Uint16Array.of(0, 65_535)), isMaskBand(Uint16Array.of(0, 300))]).toEqual([true, false]);
  });

  it('needs one band of a pixel to be other than nodata, and all of them to be numbers', () => {
    expect(maskOfNodata(page(Uint8Array.of(0, 0, 0, 5), 2), 0)).toEqual(Uint8Array.of(0, 1));
    expect(maskOfNodata(page(Float32Array.of(1, Number.NaN, 2, 3), 2), null)).toEqual(Uint8Array.of(0, 1));
    expect(maskOfNodata(page(Uint8Array.of(1)), null)).toBeNull();
  });

  it('is a share of the pixels, whole where nothing masks them', () => {
    expect([validFraction(null), validFraction(Uint8Array.of(1, 0, 0))]).toEqual([1, 0.3333]);
  });
});

describe('a blank picture', () => {
  it('is flat as a thumbnail and in its pixels', () => {
    const flat = new Uint8Array(300).fill(80);
    const speck = Uint8Array.from(flat);
    speck[7] = 200;
    expect([isBlank(flat, flat, 3), isBlank(flat, speck, 3)]).toEqual([true, false]);
  });

  it('is measured by the band that varies most', () => {
    expect(largestDeviation(Uint8Array.of(5, 0, 5, 10, 5, 0, 5, 10), 2)).toBe(5);
  });
});

describe('the tokens of a picture', () => {
  it.each([
    [512, 512, 256],
    [1_024, 1_024, 1_024],
    [256, 256, 64],
    [20, 16, 64],
    [1_024, 33, 64],
    [383, 232, 84],
  ])('of %i x %i pixels are %i', (width, height, tokens) => {
    expect(imageTokens(width, height)).toBe(tokens);
  });
});
