import { describe, expect, it } from 'vitest';
import { eventFilter } from '../../intake/filter.ts';
import { SPEC } from './intake-world.ts';

describe('the filter of events', () => {
  it('is the prefix of the spec and its globs over what comes after it', () => {
    const { bucket, prefix, wanted } = eventFilter(SPEC);
    expect([bucket, prefix]).toEqual(['images', 'tiles/']);
    expect([wanted('a/b.tif'), wanted('a/draft-b.tif')]).toEqual([true, false]);
  });

  it.each([
    ['input.uri names a list of tiles', { ...SPEC, input: { ...SPEC.input, uri: 's3://images/list.jsonl' } }],
    ['input.uri or output.uri has a {date}', { ...SPEC, output: { uri: 's3://results/{date}/' } }],
    ['retry asks what has failed', { ...SPEC, retry: { run: 'r' } }],
    ['window is for schedules', { ...SPEC, window: { timeZone: 'UTC', until: '06:00' } }],
  ])('is refused where %s', (says, spec) => {
    expect(() => eventFilter(spec)).toThrow(says);
  });

  it('tells all that is wrong at once', () => {
    const spec = { ...SPEC, input: { ...SPEC.input, uri: 's3://images/{date}.jsonl' }, retry: { run: 'r' } };
    expect(() => eventFilter(spec)).toThrow(/names a list[^]*\{date\}[^]*retry/u);
  });
});
