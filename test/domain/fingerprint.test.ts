import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alike, fingerprintOf, NO_MESSAGE } from '../../domain/fingerprint.ts';

const ALIKE_PAIRS = [
  ['numbers', 'CUDA out of memory: tried to allocate 1.20 GiB', 'CUDA out of memory: tried to allocate 512 GiB'],
  ['hexadecimals', 'segfault at 0x7ffe12ab', 'segfault at 0x00000000'],
  ['hashes', 'no blob 9f86d081884c7d65', 'no blob 2c26b46b68ffc68f'],
  ['UUIDs', 'request 123e4567-e89b-12d3-a456-426614174000 died', 'request 00000000-e89b-12d3-a456-42661417400f died'],
  ['call ids', 'call fc-01ABCxyz died', 'call fc-99ZZZabc died'],
  ['other ids', 'worker task_a81xQ9 left', 'worker task_77Yb2c left'],
  ['paths', 'cannot open /data/7/a.bin now', 'cannot open /srv/models/b.bin now'],
  ['keys', 'tiles/2026/a b.tif is damaged', 'tiles/2025/a c.tif is damaged'],
  ['file names', 'harbour.tif is damaged', 'north-coast_7.tiff is damaged'],
  ['addresses', 'no route to https://a.example:8000/v1?x=1.', 'no route to s3://bucket/key.'],
  ['times', 'down since 2026-01-02T03:04:05.678Z', 'down since 2025-12-31 23:59:59'],
  ['clock times', 'closed at 13:45', 'closed at 7:00:01'],
  ['quotations', 'unknown field "lat" here', "unknown field 'a longer one' here"],
] as const;

describe('a fingerprint', () => {
  it.each(ALIKE_PAIRS)('makes %s equal', (_what, one, other) => {
    expect(fingerprintOf(one)).toBe(fingerprintOf(other));
  });

  it('keeps the words, and the status that a service answered', () => {
    expect(fingerprintOf('The service answered 500: CUDA error 719 in "conv2d" at /opt/m.cu:88.')).toBe(
      'The service answered 500: CUDA error # in <text> at <path>:#.',
    );
    expect(fingerprintOf('The service answered 422.')).not.toBe(fingerprintOf('The service answered 400.'));
  });

  it("does not take an apostrophe for a quotation's beginning", () => {
    expect(fingerprintOf("doesn't fit, can't go on")).toBe("doesn't fit, can't go on");
  });

  it('of no message says so', () => {
    expect([fingerprintOf(null), fingerprintOf(''), fingerprintOf('\u001B[2J\u0007')]).toEqual(Array(3).fill(NO_MESSAGE));
  });

  it('is one line of at most 200 characters that a terminal shows and does not obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (message) => {
        const text = fingerprintOf(message);
        expect(Array.from(text).length).toBeLessThanOrEqual(200);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]|data:image/u);
        expect(text).not.toBe('');
      }),
    );
  });

  it.each(['/', 'a/', 'a.', 'a-', '"', "'", '1:', '1.', 'fc-', '0x'])('of nothing but %s is found in no time', (piece) => {
    expect(fingerprintOf(piece.repeat(50_000)).length).toBeLessThanOrEqual(200);
  });

  it('holds no digits but those of a status', () => {
    const words = fc.constantFrom('disk', 'full', '12', '0x1f', '2026-01-01', 'a/b.tif', 'fc-1a', '"q"', 'x7', '7.5', '99%');
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        expect(fingerprintOf(parts.join(' '))).not.toMatch(/\d/u);
      }),
    );
  });
});

describe('two fingerprints', () => {
  it('are alike where a few of many words differ', () => {
    expect(
      alike('CUDA out of memory while loading the model weights', 'CUDA out of memory while loading the vision weights'),
    ).toBe(true);
  });

  it('are not alike where they only share some words', () => {
    expect(alike('The service answered 500: out of memory.', 'The service answered 400: bad picture.')).toBe(false);
    expect(alike('The service answered 422.', 'The service answered 400.')).toBe(false);
  });

  it('are alike in both directions or in none, each with itself', () => {
    fc.assert(
      fc.property(fc.lorem(), fc.lorem(), (a, b) => {
        expect(alike(a, b)).toBe(alike(b, a));
        expect(alike(a, a)).toBe(true);
      }),
    );
  });
});
