import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Raster, Samples } from '../../domain/raster.ts';
import { chooseStretch, levelOf, percentileOf, strideOf, stretchText, stretched } from '../../domain/stretch.ts';

const raster = (samples: Samples, width: number, count = 1): Raster => ({
  width,
  height: samples.length / width / count,
  count,
  samples,
});
const plain = { mask: null, nodata: null };

describe('a stretch', () => {
  it('leaves 8 bits alone', () => {
    const bytes = raster(Uint8Array.of(1, 2, 3, 4), 2);
    expect(stretchText(chooseStretch({ raster: bytes, ...plain }, [0, 3_000]))).toBe('none');
    expect(stretched(bytes, { kind: 'none', limits: [] }).samples).toBe(bytes.samples);
  });

  it('takes the 2nd and 98th percentile of each band', () => {
    const samples = Uint16Array.from({ length: 202 }, (_, at) => (at % 2 === 0 ? at / 2 : 1_000 + (at - 1)));
    const stretch = chooseStretch({ raster: raster(samples, 101, 2), ...plain }, undefined);
    expect(stretchText(stretch)).toBe('percentile 2-98: 2-98, 1004-1196');
  });

  it('looks at valid pixels that are not nodata, and at nothing else', () => {
    const samples = Float32Array.of(0, 10, 20, 30, -9_999, Number.NaN);
    const mask = Uint8Array.of(0, 1, 1, 1, 1, 0);
    const { limits } = chooseStretch({ raster: raster(samples, 3), mask, nodata: -9_999 }, undefined);
    expect(limits).toEqual([[10.4, 29.6]]);
  });

  it('finds the little that there is where nearly everything is nodata', () => {
    const samples = new Uint16Array(1_000_000);
    samples.fill(500, 3_000, 3_400);
    samples.fill(900, 3_400, 3_500);
    const { limits } = chooseStretch({ raster: raster(samples, 1_000), mask: null, nodata: 0 }, undefined);
    expect(limits).toEqual([[500, 900]]);
  });

  it('is the scale of the spec for all bands where there is one', () => {
    const stretch = chooseStretch({ raster: raster(new Uint16Array(12), 2, 3), ...plain }, [0, 3_000]);
    expect(stretchText(stretch)).toBe('scale 0-3000');
    expect(stretch.limits).toHaveLength(3);
  });

  it('comes out the same by table and by arithmetic', () => {
    const limits = fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 65_535 }));
    fc.assert(
      fc.property(fc.array(fc.nat(65_535), { minLength: 4, maxLength: 40 }), limits, (values, pair) => {
        const stretch = { kind: 'scale', limits: [pair] } as const;
        const byTable = stretched(raster(Uint16Array.from(values), values.length), stretch);
        const byArithmetic = stretched(raster(Float64Array.from(values), values.length), stretch);
        expect(byTable.samples).toEqual(byArithmetic.samples);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a grey level', () => {
  it('never falls as the value rises, and stays within 0 and 255', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.tuple(number, number), (one, other, limits) => {
        const [low, high] = [levelOf(Math.min(one, other), limits), levelOf(Math.max(one, other), limits)];
        expect(low).toBeLessThanOrEqual(high);
        expect([low, high].every((level) => Number.isInteger(level) && level >= 0 && level <= 255)).toBe(true);
      }),
    );
  });

  it('is black for what is not a number, and parts black from white where the limits meet', () => {
    expect([levelOf(Number.NaN, [0, 10]), levelOf(5, [5, 5]), levelOf(6, [5, 5])]).toEqual([0, 0, 255]);
  });
});

describe('a percentile', () => {
  it('lies between the smallest and the largest, and rises with the share', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(100), fc.nat(100), (values, one, other) => {
        const sorted = Float64Array.from(values).toSorted();
        const [low, high] = [percentileOf(sorted, Math.min(one, other)), percentileOf(sorted, Math.max(one, other))];
        expect(low).toBeLessThanOrEqual(high ?? Number.NaN);
        expect(low).toBeGreaterThanOrEqual(sorted[0] ?? Number.NaN);
        expect(high).toBeLessThanOrEqual(sorted.at(-1) ?? Number.NaN);
      }),
    );
  });

  it('of nothing is null', () => {
    expect(percentileOf([], 50)).toBeNull();
  });
});

describe('the stride of samples', () => {
  it('never takes more than 65,000 and never keeps to a few columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 8_192 }), fc.integer({ min: 16, max: 8_192 }), (width, height) => {
        const stride = strideOf({ width, height });
        expect(Math.ceil((width * height) / stride)).toBeLessThanOrEqual(65_000);
        expect(stride > 1 && stride % 2 === 0 && width % 2 === 0).toBe(false);
      }),
    );
  });
});
