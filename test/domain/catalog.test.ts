import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withCatalog, withCatalogAnew } from '../../domain/catalog.ts';
import { mergedPlace, placeOfGeoreference, placeOfKey } from '../../domain/place.ts';
import { recordOf } from '../../domain/recording.ts';
import { NO_FACTS } from '../../domain/tile.ts';
import { runOver, service } from '../activities/run-fixture.ts';

describe('the record of a tile that a catalog describes', () => {
  const says = { bbox: [4, 51, 5, 52], datetime: '2026-11-01T10:00:00.000Z', gsd_m: 10 } as const;
  const [task] = runOver({}).spec.tasks;
  if (task === undefined) throw new Error('no task');
  const tile = { bucket: 'images', key: 'a.tif', etag: 'e', size: 1, last_modified: null, version_id: null };
  const recorded = (facts: object, described: object): ReturnType<typeof recordOf> => {
    const { image } = runOver({}).spec;
    const whose = { runId: 'r1', dataset: 'd', image, task, service: service('caption'), attempts: 1 };
    const subject = { ...whose, tile: { ...tile, ...described }, facts: { ...NO_FACTS, ...facts } };
    return recordOf(subject, { code: 'timeout', message: 'm', callId: null }, { sha256: (text) => text, now: 0 });
  };

  it('has what the Item says where the picture does not', () => {
    expect(recorded({}, { catalog: says })).toMatchObject(says);
  });

  it('has its place and scale from the picture, its time from the Item', () => {
    const own = { bbox: [0, 0, 1, 1], gsd_m: 3, datetime: '2026-11-15T00:00:00Z' };
    expect(recorded(own, { catalog: says })).toMatchObject({ bbox: own.bbox, gsd_m: 3, datetime: says.datetime });
    expect(recorded(own, { catalog: { bbox: null, datetime: null, gsd_m: null } })).toMatchObject(own);
  });

  it('has the same id with and without', () => {
    expect(recorded({}, { catalog: says }).record_id).toBe(recorded({}, {}).record_id);
  });
});

it('what a corrected Item says replaces what the Item said before, and nothing of the picture itself', () => {
  const size = { width: 64, height: 32 };
  const keys = fc.constantFrom('tiles/a.tif', 'maps/2026/11/1021/680.png');
  const epsg = fc.constantFrom(null, 32_631, 28_992);
  const places = fc.tuple(keys, epsg, fc.boolean()).map(([key, code, isRead]) => {
    if (!isRead) return { ...NO_FACTS, ...placeOfKey(key, null) };
    const georeference = { epsg: code, affine: [10, 0, 600_000, 0, -10, 5_700_000] as const };
    const place = mergedPlace(placeOfKey(key, size), placeOfGeoreference(georeference, size));
    return { ...NO_FACTS, ...place, ...size, format: 'tiff', datetime: '2026-11-15T00:00:00Z' };
  });
  const said = fc.record({
    bbox: fc.constantFrom(null, [4, 51, 5, 52] as const, [14, 41, 15, 42] as const),
    gsd_m: fc.constantFrom(null, 10, 20),
    datetime: fc.constantFrom('2026-11-01T10:00:00.000Z', '2026-11-02T10:00:00.000Z'),
  });
  fc.assert(
    fc.property(places, said, said, (facts, before, now) => {
      expect(withCatalogAnew(withCatalog(facts, before), now)).toEqual(withCatalog(facts, now));
    }),
  );
});
