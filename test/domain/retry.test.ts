import { describe, expect, it } from 'vitest';
import { nothingToRetry, retriedCount, retrySpec } from '../../domain/retry.ts';
import { parseSpec, specDocument } from '../../schema/spec.ts';
import { MINIMAL } from '../support/spec-mistakes.ts';

describe('the spec of a retry', () => {
  it('is that of the run, but for how the run had chosen its tiles', () => {
    const input = { ...MINIMAL.input, include: ['**/*.tif'], limit: 9, sample: 5 };
    const spec = parseSpec({ ...MINIMAL, input, all: true });
    const retry = { run: 'harbours-1', codes: ['timeout'] } as const;
    const expected = { ...MINIMAL, input: { ...MINIMAL.input, include: ['**/*.tif'] }, retry };
    expect(parseSpec(specDocument(retrySpec(spec, retry)))).toEqual(parseSpec(expected));
  });

  it('of a night has the hours of a night, and not the end of that one', () => {
    const window = { timeZone: 'Asia/Kolkata', until: '06:00', endsAt: '2026-03-01T00:30:00.000Z' };
    const retried = retrySpec(parseSpec({ ...MINIMAL, window }), { run: 'nightly-1' });
    expect(retried.window).toEqual({ timeZone: 'Asia/Kolkata', until: '06:00' });
    const once = retrySpec(parseSpec({ ...MINIMAL, window: { endsAt: window.endsAt } }), { run: 'nightly-1' });
    expect(once.window).toEqual({ timeZone: 'UTC' });
  });

  it('of a retry names the run that is retried now', () => {
    const spec = parseSpec({ ...MINIMAL, retry: { run: 'harbours-1', codes: ['timeout'] } });
    expect(retrySpec(spec, { run: 'harbours-2' }).retry).toEqual({ run: 'harbours-2' });
  });
});

describe('what is retried', () => {
  const counts = { decode_failed: 3, timeout: 2_000, cancelled: 5, empty_tile: 7 };

  it('is every failure, cancelled ones too, and no skipped tile', () => {
    expect(retriedCount(counts, {})).toBe(2_008);
  });

  it('is what the codes or the classes name', () => {
    expect(retriedCount(counts, { codes: ['timeout'] })).toBe(2_000);
    expect(retriedCount(counts, { codes: ['timeout'], classes: ['input', 'skipped'] })).toBe(2_010);
    expect(retriedCount(counts, { classes: ['run'] })).toBe(5);
  });

  it('may be nothing, which is said with what there is', () => {
    expect(nothingToRetry(counts, { run: 'h-1', codes: ['lost', 'missing'], classes: ['service'] })).toBe(
      'Run h-1 has no failed records of code lost or code missing or class service; it has 2,000 timeout, 7 empty_tile, 5 cancelled, 3 decode_failed',
    );
    expect(nothingToRetry({}, { run: 'h-1' })).toBe('Run h-1 has no failed records');
  });
});
