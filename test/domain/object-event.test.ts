import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNoLater, laterEvent, objectName, type ObjectEvent } from '../../domain/object-event.ts';

const event = (sequencer: string | null, etag = 'e'): ObjectEvent => ({
  change: 'created',
  bucket: 'images',
  key: 'a.tif',
  etag,
  versionId: null,
  sizeBytes: 1,
  sequencer,
});

describe('of two events of an object', () => {
  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6'],
    ['0055aed6dcd90281e5', '0055AED6DCD90281E6'],
    ['00FF', '00FF01'],
    ['00FE01', '00FF'],
  ])('%s is before %s, as S3 says: the shorter one filled up with zeros on its right', (before, after) => {
    expect(isNoLater(event(before), event(after))).toBe(true);
    expect(isNoLater(event(after), event(before))).toBe(false);
  });

  it('the later one holds, whichever came first', () => {
    const [before, after] = [event('01', 'old'), event('02', 'new')];
    expect([laterEvent(before, after), laterEvent(after, before)]).toEqual([after, after]);
  });

  it('the one that came last holds where nothing tells their order', () => {
    const [one, other] = [event(null, 'one'), event('02', 'other')];
    expect([laterEvent(one, other), laterEvent(other, one)]).toEqual([other, one]);
  });

  it('the creation holds where nothing tells its order from a deletion: what is gone has the record `missing`', () => {
    const [put, gone] = [event('02'), { ...event(null), change: 'deleted' as const }];
    expect([laterEvent(put, gone), laterEvent(gone, put)]).toEqual([put, put]);
  });

  it('each is no later than itself', () => {
    fc.assert(fc.property(fc.stringMatching(/^[0-9A-F]{1,32}$/u), (hex) => isNoLater(event(hex), event(hex))));
  });
});

it('no two objects have the same name', () => {
  expect(objectName({ bucket: 'a', key: 'b/c' })).not.toBe(objectName({ bucket: 'a-b', key: 'c' }));
});
