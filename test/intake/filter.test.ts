import { expect, it } from 'vitest';
import { eventFilter } from '../../intake/filter.ts';
import { SPEC } from './intake-world.ts';

it('the filter of events is the prefix of the spec and its globs over what comes after it', () => {
  const { bucket, prefix, wanted } = eventFilter(SPEC);
  expect([bucket, prefix]).toEqual(['images', 'tiles/']);
  expect([wanted('a/b.tif'), wanted('a/draft-b.tif')]).toEqual([true, false]);
});
