import { describe, expect, it } from 'vitest';
import { keyFilter } from '../../../activities/enumerate/key-filter.ts';

describe('include and exclude', () => {
  it.each([
    ['**/*.tif', 'a.tif', true],
    ['**/*.tif', 'deep/er/a.tif', true],
    ['**/*.tif', '.hidden/a.tif', true],
    ['**/*.tif', 'line\nbreak/a.tif', true],
    ['**/*.tif', '../a.tif', true],
    ['**/*.tif', 'a/./b/../c.tif', true],
    ['**/*.tif', 'a//b.tif', true],
    ['**/*.tif', 'A.TIF', false],
    ['*.tif', 'deep/a.tif', false],
    ['*.{tif,png}', 'a.png', true],
    ['!(b*).tif', 'a.tif', true],
    ['!(b*).tif', 'b1.tif', false],
    ['20[12]*/**', '2019/01/a.tif', true],
    ['\u{1F6F0}/**', '\u{1F6F0}/a.tif', true],
  ])('%s and the key %j: %s', (glob, key, expected) => {
    expect(keyFilter({ include: [glob] })(key)).toBe(expected);
    expect(keyFilter({ exclude: [glob] })(key)).toBe(!expected);
  });

  it('let exclude win, and take everything where neither is given', () => {
    expect(keyFilter({ include: ['**'], exclude: ['b/**'] })('b/a.tif')).toBe(false);
    expect(keyFilter({})('anything\n')).toBe(true);
  });

  it('refuse a glob that begins with !, and say where it belongs', () => {
    expect(() => keyFilter({ include: ['**/*.tif', '!old/**'] })).toThrow(
      'input.include has "!old/**"; write it without the ! in input.exclude.',
    );
  });
});
