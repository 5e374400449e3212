import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LonLatBox } from '../../domain/mercator.ts';
import type { TileRecord } from '../../domain/record.ts';
import { footprint, geojsonseq } from '../../export/geojsonseq.ts';
import { recordOf } from '../report/fixture.ts';
import { asUtf8, hostileRecord } from './hostile.ts';

type Ring = readonly (readonly [number, number])[];

interface Feature {
  readonly type: string;
  readonly id: string;
  readonly bbox: LonLatBox;
  readonly geometry: unknown;
  readonly properties: Partial<TileRecord>;
}

/** Reads a sequence as RFC 8142, section 2.3: record separator, JSON, line feed. */
function parseSequence(text: string): Feature[] {
  const [before, ...texts] = text.split('\u001E');
  expect(before).toBe('');
  expect(texts.filter((one) => one.indexOf('\n') !== one.length - 1)).toEqual([]);
  return texts.map((one) => JSON.parse(one) as Feature);
}

function ringsOf(box: LonLatBox): Ring[] {
  const geometry = footprint(box);
  return geometry.type === 'Polygon' ? [...geometry.coordinates] : geometry.coordinates.flat();
}

/** Twice the area a ring encloses; positive where it runs counterclockwise. */
function turned(ring: Ring): number {
  const steps = ring.slice(1).map(([x, y], at) => [ring[at] ?? [0, 0], [x, y]] as const);
  return steps.reduce((sum, [[x0, y0], [x1, y1]]) => sum + (x0 * y1 - x1 * y0), 0);
}

describe('GeoJSON text sequences', () => {
  it('hold a feature for every record that has a place', () => {
    fc.assert(
      fc.property(fc.array(hostileRecord, { maxLength: 5 }), (records) => {
        const placed = records.filter(({ bbox }) => bbox !== null);
        const lines = records.map((record) => geojsonseq.line(record));
        expect(lines.filter((line) => line === null)).toHaveLength(records.length - placed.length);
        const features = parseSequence(Buffer.from(lines.join('')).toString());
        expect(features.map(({ properties }) => properties['text'])).toEqual(placed.map(({ text }) => asUtf8(text)));
        expect(features.map(({ properties }) => properties['uri'])).toEqual(placed.map(({ uri }) => asUtf8(uri)));
        expect(features.map(({ properties }) => properties['warnings'])).toEqual(placed.map((one) => asUtf8(one.warnings)));
        expect(features.map(({ bbox }) => bbox)).toEqual(placed.map(({ bbox }) => asUtf8(bbox)));
      }),
    );
  });

  it('have rings that are closed, run counterclockwise, and stay on the globe', () => {
    const side = fc.constantFrom(-180, 180, 0, 179.5, -179.5);
    fc.assert(
      fc.property(side, side, (west, east) => {
        for (const ring of ringsOf([west, -10, east, 10])) {
          expect(ring).toHaveLength(5);
          expect(ring[0]).toEqual(ring[4]);
          expect(turned(ring)).toBeGreaterThanOrEqual(0);
          expect(ring.every(([lon]) => lon >= -180 && lon <= 180)).toBe(true);
        }
      }),
    );
  });

  it('show a tile as its footprint', () => {
    const record = recordOf({ record_id: 'ab', bbox: [8, 53, 9, 54], error_code: null, gsd_m: 0.5 });
    const [feature] = parseSequence(geojsonseq.line(record) ?? '');
    expect(feature).toMatchObject({
      type: 'Feature',
      id: 'caption:ab',
      bbox: [8, 53, 9, 54],
      properties: { text: 'A harbour with two piers.', gsd_m: 0.5, status: 'ok' },
    });
    const corners = [
      [8, 53],
      [9, 53],
      [9, 54],
      [8, 54],
      [8, 53],
    ];
    expect(feature?.geometry).toEqual({ type: 'Polygon', coordinates: [corners] });
  });

  it('cut a tile in two where it crosses the antimeridian', () => {
    const [east, west] = [
      [
        [179, -17],
        [180, -17],
        [180, -16],
        [179, -16],
        [179, -17],
      ],
      [
        [-180, -17],
        [-179, -17],
        [-179, -16],
        [-180, -16],
        [-180, -17],
      ],
    ];
    expect(footprint([179, -17, -179, -16])).toEqual({ type: 'MultiPolygon', coordinates: [[east], [west]] });
  });

  it.each([
    [[180, 0, -179, 1], -180, -179],
    [[179, 0, -180, 1], 179, 180],
  ] as const)('leave out the side of %j that has no width', (box, from, to) => {
    const geometry = footprint(box);
    expect(geometry.type).toBe('Polygon');
    const lons = ringsOf(box).flatMap((ring) => ring.map(([lon]) => lon));
    expect([Math.min(...lons), Math.max(...lons)]).toEqual([from, to]);
  });

  it('leave out what has no place, and say what it lacks', () => {
    expect(geojsonseq.line(recordOf({ bbox: null }))).toBeNull();
    expect(geojsonseq.lacks).toBe('a place');
  });
});
