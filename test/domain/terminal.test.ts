import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forTerminal, oneLine } from '../../domain/terminal.ts';

it('nothing that a terminal obeys is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(forTerminal(text)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
      expect(oneLine(text, 40)).not.toMatch(/\p{Cc}|\p{Cf}/u);
    }),
  );
});

it.each([
  ['a\u001B[31mred\u001B[0m', 'ared'],
  ['\u001B]0;title\u0007x', 'x'],
  ['one\ntwo', 'one\ntwo'],
  ['x\u202Ey', 'x y'],
])('%j is shown as %j', (text, shown) => {
  expect(forTerminal(text)).toBe(shown);
});

it('one line is cut by characters, not by halves of them', () => {
  expect(oneLine('🛰🛰🛰🛰', 3)).toBe('🛰🛰…');
  expect(oneLine(' one \n two ', 20)).toBe('one two');
});
