import type { Crs } from './crs.ts';
import { crsOf } from './crs.ts';
import type { Affine, Georeference } from './georeference.ts';
import type { LonLat, LonLatBox } from './mercator.ts';
import { tileBox, tileGsdM } from './mercator.ts';
import { addressOfKey } from './tile-address.ts';
import type { SourceFacts } from './tile.ts';

/** Where a tile is, in the fields of the record. */
export type Place = Pick<SourceFacts, 'tile_z' | 'tile_x' | 'tile_y' | 'crs' | 'bbox' | 'gsd_m'>;

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export const NOWHERE: Place = { tile_z: null, tile_x: null, tile_y: null, crs: null, bbox: null, gsd_m: null };

const METRES_A_DEGREE = 111_320;
/** Points on each edge: the edges of a projected footprint are curved in degrees. */
const EDGE_STEPS = 8;

/** @returns `value` with nine significant decimals of a degree (0.1 mm), so that records do not carry rounding noise. */
function tidy(value: number): number {
  return Number(value.toFixed(9));
}

function wrapped(lon: number): number {
  return lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180;
}

/** Longitudes are counted from -180 or from 0, and a footprint may go on across the antimeridian. */
function isOnGlobe([west, south, east, north]: LonLatBox): boolean {
  return west >= -360 && east <= 540 && south >= -90.001 && north <= 90.001;
}

/** @returns the box in longitudes from -180 to 180; null where it is on no globe, or has no area. */
function boxOf(points: readonly LonLat[]): LonLatBox | null {
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  if (!isOnGlobe([west, south, east, north])) return null;
  const [low, high] = [tidy(Math.max(-90, south)), tidy(Math.min(90, north))];
  const [left, right] = east - west >= 360 ? [-180, 180] : [tidy(wrapped(west)), tidy(wrapped(east))];
  return left === right || low >= high ? null : [left, low, right, high];
}

function outline({ width, height }: PixelSize): (readonly [number, number])[] {
  const shares = Array.from({ length: EDGE_STEPS + 1 }, (_, step) => step / EDGE_STEPS);
  return shares.flatMap((share) => [
    [share * width, 0] as const,
    [share * width, height] as const,
    [0, share * height] as const,
    [width, share * height] as const,
  ]);
}

function worldOf([a, b, c, d, e, f]: Affine, column: number, row: number): readonly [number, number] {
  return [a * column + b * row + c, d * column + e * row + f];
}

function gsdOf(affine: Affine, crs: Crs, lat: number): number {
  const pixel = Math.sqrt(Math.abs(affine[0] * affine[4] - affine[1] * affine[3]));
  const cos = Math.cos((lat * Math.PI) / 180);
  const metres: Record<Crs['unit'], number> = {
    metre: 1,
    'mercator metre': cos,
    degree: METRES_A_DEGREE * Math.sqrt(cos),
  };
  return pixel * metres[crs.unit];
}

/** @returns the place that a GeoTIFF's own tags tell; bbox null where there is no rule for its CRS or no transform. */
export function placeOfGeoreference({ epsg, affine }: Georeference, size: PixelSize): Place {
  if (epsg === null) return NOWHERE;
  const named = { ...NOWHERE, crs: `EPSG:${epsg}` };
  const crs = crsOf(epsg);
  if (crs === null || affine === null) return named;
  const bbox = boxOf(outline(size).map(([column, row]) => crs.toLonLat(...worldOf(affine, column, row))));
  if (bbox === null) return named;
  const [, lat] = crs.toLonLat(...worldOf(affine, size.width / 2, size.height / 2));
  return { ...named, bbox, gsd_m: Number(gsdOf(affine, crs, lat).toPrecision(9)) };
}

/** @returns the place that a key names (XYZ or quadkey, web mercator); gsd_m needs the size in pixels. */
export function placeOfKey(key: string, size: PixelSize | null): Place {
  const address = addressOfKey(key);
  if (address === null) return NOWHERE;
  const bbox = tileBox(address).map(tidy) as unknown as LonLatBox;
  const gsd = size === null ? null : Number(tileGsdM(address, size.width).toPrecision(9));
  return { tile_z: address.z, tile_x: address.x, tile_y: address.y, crs: 'EPSG:3857', bbox, gsd_m: gsd };
}

/** @returns what the key and the tags say together: the tags know the footprint better, the key alone knows z/x/y. */
export function mergedPlace(byKey: Place, byTags: Place): Place {
  const address = { tile_z: byKey.tile_z, tile_x: byKey.tile_x, tile_y: byKey.tile_y };
  if (byTags.crs === null) return byKey;
  const footprint = byTags.bbox === null ? byKey : byTags;
  return { ...address, crs: byTags.crs, bbox: footprint.bbox, gsd_m: footprint.gsd_m };
}

/** @returns whether key or tags, and they alone, may have given a record its bbox: a CRS without a rule here gives none. */
export function mayKnowFootprint({ crs, tile_z }: Pick<SourceFacts, 'crs' | 'tile_z'>): boolean {
  return tile_z !== null || (crs !== null && crsOf(Number(crs.replace('EPSG:', ''))) !== null);
}
