import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utmToLonLat } from '../../domain/utm.ts';

const A = 6_378_137;
const E2 = (2 - 1 / 298.257_223_563) / 298.257_223_563;

/** The way there by another road: Snyder's series (USGS Professional Paper 1395, equations 8-9 to 8-15), good to centimetres. */
function lonLatToUtm(lon: number, lat: number, zone: number): readonly [number, number] {
  const phi = (lat * Math.PI) / 180;
  const second = E2 / (1 - E2);
  const n = A / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
  const t = Math.tan(phi) ** 2;
  const c = second * Math.cos(phi) ** 2;
  const a = ((lon - (zone * 6 - 183)) * Math.PI * Math.cos(phi)) / 180;
  const arc =
    A *
    ((1 - E2 / 4 - (3 * E2 ** 2) / 64 - (5 * E2 ** 3) / 256) * phi -
      ((3 * E2) / 8 + (3 * E2 ** 2) / 32 + (45 * E2 ** 3) / 1_024) * Math.sin(2 * phi) +
      ((15 * E2 ** 2) / 256 + (45 * E2 ** 3) / 1_024) * Math.sin(4 * phi) -
      ((35 * E2 ** 3) / 3_072) * Math.sin(6 * phi));
  const x = n * (a + ((1 - t + c) * a ** 3) / 6 + ((5 - 18 * t + t ** 2 + 72 * c - 58 * second) * a ** 5) / 120);
  const y =
    arc +
    n *
      Math.tan(phi) *
      (a ** 2 / 2 +
        ((5 - t + 9 * c + 4 * c ** 2) * a ** 4) / 24 +
        ((61 - 58 * t + t ** 2 + 600 * c - 330 * second) * a ** 6) / 720);
  return [500_000 + 0.9996 * x, 0.9996 * y];
}

describe('UTM to longitude and latitude', () => {
  it('finds the way back from anywhere in a zone, to a decimetre', () => {
    const anywhere = fc.record({
      zone: fc.integer({ min: 1, max: 60 }),
      offset: fc.double({ min: -3.5, max: 3.5, noNaN: true }),
      lat: fc.double({ min: -80, max: 84, noNaN: true }),
    });
    fc.assert(
      fc.property(anywhere, ({ zone, offset, lat }) => {
        const lon = zone * 6 - 183 + offset;
        const [easting, northing] = lonLatToUtm(lon, lat, zone);
        const south = lat < 0;
        const [foundLon, foundLat] = utmToLonLat(easting, northing + (south ? 10_000_000 : 0), { zone, south });
        expect(Math.abs(foundLon - lon) * Math.cos((lat * Math.PI) / 180)).toBeLessThan(1e-6);
        expect(Math.abs(foundLat - lat)).toBeLessThan(1e-6);
      }),
    );
  });

  it('puts the false origin where the central meridian meets the equator', () => {
    expect(utmToLonLat(500_000, 0, { zone: 31, south: false })).toEqual([3, 0]);
    expect(utmToLonLat(500_000, 10_000_000, { zone: 31, south: true })).toEqual([3, 0]);
  });
});
