import type { LonLat } from './mercator.ts';
import { mercatorToLonLat } from './mercator.ts';
import type { UtmZone } from './utm.ts';
import { utmToLonLat } from './utm.ts';

/** What one unit of the coordinates is on the ground. */
export type CrsUnit = 'degree' | 'metre' | 'mercator metre';

export interface Crs {
  readonly unit: CrsUnit;
  readonly toLonLat: (x: number, y: number) => LonLat;
}

/** WGS 84, NAD83, ETRS89: longitude and latitude within a metre of each other. GeoTIFF keeps longitude first. */
const GEOGRAPHIC: ReadonlySet<number> = new Set([4326, 4269, 4258]);
const WEB_MERCATOR: ReadonlySet<number> = new Set([3857, 900913, 102100]);

/** Runs of EPSG codes that are UTM zones: code = base + zone. */
const UTM_RUNS: readonly { base: number; first: number; last: number; south: boolean }[] = [
  { base: 32_600, first: 1, last: 60, south: false },
  { base: 32_700, first: 1, last: 60, south: true },
  { base: 26_900, first: 1, last: 23, south: false },
  { base: 25_800, first: 28, last: 38, south: false },
];

function utmZoneOf(epsg: number): UtmZone | null {
  const run = UTM_RUNS.find(({ base, first, last }) => epsg >= base + first && epsg <= base + last);
  return run === undefined ? null : { zone: epsg - run.base, south: run.south };
}

/** @returns how to get from an EPSG code's coordinates to degrees, or null where there is no rule for it here. */
export function crsOf(epsg: number): Crs | null {
  if (GEOGRAPHIC.has(epsg)) return { unit: 'degree', toLonLat: (x, y) => [x, y] };
  if (WEB_MERCATOR.has(epsg)) return { unit: 'mercator metre', toLonLat: mercatorToLonLat };
  const zone = utmZoneOf(epsg);
  return zone === null ? null : { unit: 'metre', toLonLat: (x, y) => utmToLonLat(x, y, zone) };
}
