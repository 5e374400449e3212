import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchIdText,
  intakeListAt,
  intakeListText,
  intakeRunId,
  intakeSpec,
  ownership,
  registerIdText,
  intakeRegisterAt,
  type Batch,
  type BatchTile,
} from '../../domain/intake-batch.ts';
import type { ObjectEvent } from '../../domain/object-event.ts';
import { isRunId } from '../../domain/run-id.ts';
import { parseSpec, specDocument } from '../../schema/spec.ts';

const SPEC = parseSpec({
  dataset: 'harbours',
  input: { uri: 's3://images/tiles/', include: ['**/*.tif'], limit: 5, region: 'eu-central-1' },
  output: { uri: 's3://results/harbours/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
});

const tile = (key: string, more: Partial<BatchTile> = {}): BatchTile => ({
  bucket: 'images',
  key,
  etag: 'e',
  versionId: null,
  sequencer: '01',
  ...more,
});

const batch = (tiles: readonly BatchTile[]): Batch => ({ tiles, spec: SPEC, cancelled: 0 });

describe('the run of a batch', () => {
  it('has the same id and the same list in whatever order its events came', () => {
    const tiles = ['b.tif', 'a.tif', 'ü.tif', 'B.tif'].map((key) => tile(key));
    fc.assert(
      fc.property(fc.shuffledSubarray(tiles, { minLength: tiles.length }), (shuffled) => {
        expect(batchIdText(batch(shuffled))).toBe(batchIdText(batch(tiles)));
        expect(intakeListText(shuffled)).toBe(intakeListText(tiles));
      }),
    );
  });

  it.each([
    ['another key', [tile('b.tif')], SPEC],
    ['another etag', [tile('a.tif', { etag: 'f' })], SPEC],
    ['another version', [tile('a.tif', { versionId: 'v' })], SPEC],
    ['a later event of the same bytes', [tile('a.tif', { sequencer: '02' })], SPEC],
    ['another question', [tile('a.tif')], { ...SPEC, all: true as const }],
  ])('has another id for %s', (_, tiles, spec) => {
    expect(batchIdText({ tiles, spec, cancelled: 0 })).not.toBe(batchIdText(batch([tile('a.tif')])));
  });

  it('has another id after a run of the same was cancelled before it had them', () => {
    const ids = [0, 1, 2].map((cancelled) => batchIdText({ ...batch([tile('a.tif')]), cancelled }));
    expect(new Set(ids).size).toBe(3);
  });

  it('is named after its dataset, as a key can be', () => {
    const id = intakeRunId('harbours', 'a1b2c3d4e5f60718aaaa');
    expect(id).toBe('harbours-intake-a1b2c3d4e5f60718');
    expect(isRunId(id)).toBe(true);
  });

  it('has a list that names each tile once, with what is known of it', () => {
    expect(intakeListAt('s3://results/harbours/', 'r')).toEqual({ bucket: 'results', key: 'harbours/current/_intake/r.jsonl' });
    expect(intakeListText([tile('b.tif'), tile('a "1".tif', { versionId: 'v' })])).toBe(
      '{"bucket":"images","key":"a \\"1\\".tif","etag":"e","version_id":"v","sequencer":"01"}\n' +
        '{"bucket":"images","key":"b.tif","etag":"e","version_id":null,"sequencer":"01"}\n',
    );
  });

  it('asks what the spec asks, about its list and nothing else: the filters were there before', () => {
    const spec = intakeSpec(SPEC, 'r');
    const input = { uri: 's3://results/harbours/current/_intake/r.jsonl', requestPayer: false, region: 'eu-central-1' };
    expect(spec).toEqual({ ...SPEC, input });
    expect(parseSpec(specDocument(spec))).toEqual(spec);
  });
});

describe('the register of the runs of events', () => {
  it('is that of all intakes which ask the same of whatever comes', () => {
    const input = { ...SPEC.input, uri: 's3://images/other/', exclude: ['x'] };
    expect(registerIdText({ ...SPEC, input, priority: 'backfill' })).toBe(registerIdText(SPEC));
    expect(registerIdText({ ...SPEC, all: true })).not.toBe(registerIdText(SPEC));
  });

  it('is beside the lists of its runs', () => {
    const key = 'harbours/current/_intake/harbours-a1b2c3d4e5f60718.json';
    expect(intakeRegisterAt(SPEC, 'a1b2c3d4e5f60718aaaa')).toEqual({ bucket: 'results', key });
  });
});

describe('an event of an object that is in an open run', () => {
  const event = (etag: string, sequencer: string): ObjectEvent => ({
    ...tile('a.tif', { etag, sequencer }),
    change: 'created',
    sizeBytes: 1,
  });
  const listed = { sequencer: '05' };

  it('waits until the run says which version it asks about', () => {
    expect(ownership(event('e', '01'), { listed, frozenEtag: undefined })).toBe('wait');
  });

  it('is owned where that is its version, or a later one', () => {
    expect(ownership(event('new', '09'), { listed, frozenEtag: 'new' })).toBe('owned');
    expect(ownership(event('old', '04'), { listed, frozenEtag: 'new' })).toBe('owned');
    expect(ownership(event('old', '05'), { listed, frozenEtag: null })).toBe('owned');
  });

  it('waits for the end of the run where it may tell of what was before, or of a change since', () => {
    expect(ownership(event('newer', '09'), { listed, frozenEtag: 'new' })).toBe('wait');
    expect(ownership(event('back', '09'), { listed, frozenEtag: null })).toBe('wait');
  });
});
