import { expect, test } from 'vitest';
import { counted, lasting, latency, moment } from '../../report/words.ts';

test.each([
  [0, '0 s'],
  [42, '42 s'],
  [60, '1 min'],
  [7_500, '2 h 5 min'],
  [90_061, '1 d 1 h'],
])('%d seconds are %s', (seconds, said) => {
  expect(lasting(seconds)).toBe(said);
});

test.each([
  [42, '0.042 s'],
  [868, '0.87 s'],
  [6_000, '6 s'],
  [12_600, '13 s'],
  [192_000, '3 min 12 s'],
])('a latency of %d ms is %s', (ms, said) => {
  expect(latency(ms)).toBe(said);
});

test('counts have separators and nouns their number', () => {
  expect(counted(1, 'tile')).toBe('1 tile');
  expect(counted(1_234_567, 'tile')).toBe('1,234,567 tiles');
});

test('a time is said to the minute, in UTC', () => {
  expect(moment('2026-03-01T01:00:31.000Z')).toBe('2026-03-01 01:00 UTC');
  expect(moment('soon')).toBe('soon');
});
