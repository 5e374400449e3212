import type { LonLatBox } from '../domain/mercator.ts';
import type { TileRecord } from '../domain/record.ts';
import { customId } from './custom-id.ts';
import type { Format } from './format.ts';
import { jsonText } from './well-formed.ts';

/**
 * GeoJSON text sequences (RFC 8142): each feature between a record separator and a line feed, which JSON text itself
 * cannot hold. Features are those of RFC 7946.
 */

const RECORD_SEPARATOR = '\u001E';
const EAST_END = 180;

/** What a map shows of a record. */
const PROPERTIES = [
  'run_id',
  'record_id',
  'dataset',
  'task_id',
  'kind',
  'status',
  'error_code',
  'error_message',
  'uri',
  'file_name',
  'etag',
  'datetime',
  'gsd_m',
  'width',
  'height',
  'tile_z',
  'tile_x',
  'tile_y',
  'service',
  'model',
  'prompt',
  'text',
  'value',
  'suspect_truncated',
  'warnings',
  'created_at',
] as const satisfies readonly (keyof TileRecord)[];

type Position = readonly [lon: number, lat: number];
/** One closed ring, counterclockwise (RFC 7946, section 3.1.6). */
type Rings = readonly [readonly Position[]];

/** RFC 7946, sections 3.1.6 and 3.1.7. */
type Geometry =
  | { readonly type: 'Polygon'; readonly coordinates: Rings }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly Rings[] };

function rings([west, south, east, north]: LonLatBox): Rings {
  const corner: Position = [west, south];
  return [[corner, [east, south], [east, north], [west, north], corner]];
}

/** @returns what of a box lies on either side of the antimeridian; a side without width is none. */
function sides(box: LonLatBox): readonly LonLatBox[] {
  const [west, south, east, north] = box;
  if (west <= east) return [box];
  const both: LonLatBox[] = [
    [west, south, EAST_END, north],
    [-EAST_END, south, east, north],
  ];
  const wide = both.filter(([from, , to]) => from < to);
  return wide.length === 0 ? both.slice(0, 1) : wide;
}

/** @returns the footprint: cut in two where it crosses the antimeridian (RFC 7946, section 3.1.9). */
export function footprint(box: LonLatBox): Geometry {
  const parts = sides(box).map(rings);
  const [only] = parts;
  return parts.length === 1 && only !== undefined
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: parts };
}

function feature(record: TileRecord): string | null {
  const { bbox } = record;
  if (bbox === null) return null;
  const properties = Object.fromEntries(PROPERTIES.map((name) => [name, record[name]]));
  const text = jsonText({ type: 'Feature', id: customId(record), bbox, geometry: footprint(bbox), properties });
  return `${RECORD_SEPARATOR}${text}\n`;
}

export const geojsonseq: Format = {
  summary: 'a feature for every record whose place is known, for maps (RFC 8142)',
  head: '',
  line: feature,
  lacks: 'a place',
};
