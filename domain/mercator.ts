/** West, south, east, north in degrees; west > east across the antimeridian (RFC 7946). */
export type LonLatBox = readonly [west: number, south: number, east: number, north: number];
export type LonLat = readonly [lon: number, lat: number];

/** The sphere of EPSG:3857, metres. */
const EARTH_RADIUS_M = 6_378_137;
const DEGREES = 180 / Math.PI;

/** EPSG:3857 metres to degrees. Longitudes may lie beyond 180; `place.ts` wraps them. */
export function mercatorToLonLat(x: number, y: number): LonLat {
  const lat = Math.atan(Math.sinh(y / EARTH_RADIUS_M)) * DEGREES;
  return [(x / EARTH_RADIUS_M) * DEGREES, lat];
}

/** A tile of the XYZ scheme: y counts from the north. */
export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** @returns the footprint of a web mercator tile. */
export function tileBox({ z, x, y }: TileAddress): LonLatBox {
  const side = 2 ** z;
  const lonAt = (column: number): number => (column / side) * 360 - 180;
  const latAt = (row: number): number => Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / side))) * DEGREES;
  return [lonAt(x), latAt(y + 1), lonAt(x + 1), latAt(y)];
}

/** @returns metres on the ground a pixel, at the middle of a tile that is `pixels` wide. */
export function tileGsdM(address: TileAddress, pixels: number): number {
  const [, south, , north] = tileBox(address);
  const circumference = 2 * Math.PI * EARTH_RADIUS_M * Math.cos((south + north) / 2 / DEGREES);
  return circumference / 2 ** address.z / pixels;
}
