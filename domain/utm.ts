import type { LonLat } from './mercator.ts';

export interface UtmZone {
  /** 1-60. */
  readonly zone: number;
  readonly south: boolean;
}

const SEMI_MAJOR_M = 6_378_137;
const FLATTENING = 1 / 298.257_223_563;
const SCALE = 0.9996;
const FALSE_EASTING_M = 500_000;
const FALSE_NORTHING_SOUTH_M = 10_000_000;
const DEGREES = 180 / Math.PI;
/** Neighbouring zones begin 334 km from the middle at the equator; the widest mosaics in one zone reach a few of them. */
const REACH_M = 2_000_000;
/** From the equator to a pole, and what a tile with the pole in it reaches beyond. */
const QUARTER_M = 10_100_000;

const N = FLATTENING / (2 - FLATTENING);
/** Radius of the rectifying sphere. */
const RADIUS_M = (SEMI_MAJOR_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
/** Krueger's series, third order in n: under a millimetre within a zone (Karney 2011, equations 36 and 37). */
const BETA = [N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3, N ** 2 / 48 + N ** 3 / 15, (17 / 480) * N ** 3] as const;
const DELTA = [2 * N - (2 / 3) * N ** 2 - 2 * N ** 3, (7 / 3) * N ** 2 - (8 / 5) * N ** 3, (56 / 15) * N ** 3] as const;

/**
 * UTM metres to degrees on the WGS 84 ellipsoid. NAD83 and ETRS89 zones differ from it by about a metre.
 * Longitudes are not wrapped: zone 60 goes on beyond 180. So far outside a zone that there is no such place: NaN.
 */
export function utmToLonLat(easting: number, northing: number, { zone, south }: UtmZone): LonLat {
  const [east, north] = [easting - FALSE_EASTING_M, northing - (south ? FALSE_NORTHING_SOUTH_M : 0)];
  if (!(Math.abs(east) <= REACH_M && Math.abs(north) <= QUARTER_M)) return [Number.NaN, Number.NaN];
  const xi = north / (SCALE * RADIUS_M);
  const eta = east / (SCALE * RADIUS_M);
  let xiPrime = xi;
  let etaPrime = eta;
  for (const [index, beta] of BETA.entries()) {
    const k = 2 * (index + 1);
    xiPrime -= beta * Math.sin(k * xi) * Math.cosh(k * eta);
    etaPrime -= beta * Math.cos(k * xi) * Math.sinh(k * eta);
  }
  const chi = Math.asin(Math.sin(xiPrime) / Math.cosh(etaPrime));
  let lat = chi;
  for (const [index, delta] of DELTA.entries()) lat += delta * Math.sin(2 * (index + 1) * chi);
  const lon = Math.atan2(Math.sinh(etaPrime), Math.cos(xiPrime));
  return [zone * 6 - 183 + lon * DEGREES, lat * DEGREES];
}
