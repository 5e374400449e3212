import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorDigest, retryAfterMs, sentence } from '../../../adapters/services/facts.ts';
import type { HttpReply } from '../../../adapters/http/request.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const failed: HttpReply = { status: 500, fault: null, detail: '', body: '', retryAfter: null, followed: false };

describe('the digest of an error', () => {
  it.each([
    ['job fc-01HABCDEF failed', 'job fc-99ZXYW failed'],
    ['container ta-01AB2 died', 'container ta-77XY3 died'],
    ['tried 12.5 GiB of 39.4 GiB', 'tried 7 GiB of 1 GiB'],
    ['request 3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'request 11111111-2222-3333-4444-555555555555'],
    ['object at 0x7f3a', 'object at 0x1'],
    ['hash 9dd4e461268c8034f5c8 differs', 'hash 00ff00ff00ff00ff differs'],
    ['line  one\nline two', 'line one line two'],
    ['cannot read data:image/png;base64,AAAA', 'cannot read data:image/jpeg;base64,BBBBBB=='],
  ])('is the same for %j and %j', (one, other) => {
    expect(errorDigest(one, null)).toBe(errorDigest(other, null));
  });

  it('is the same whatever the job is called', () => {
    expect(errorDigest('job alpha failed', 'alpha')).toBe(errorDigest('job beta failed', 'beta'));
  });

  it('differs for different errors, and is 16 hex digits', () => {
    expect(errorDigest('CUDA out of memory', null)).not.toBe(errorDigest('cannot identify image file', null));
    fc.assert(fc.property(fc.string(), (text) => /^[0-9a-f]{16}$/u.test(errorDigest(text, null))));
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0.5 ', 500],
    ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['Mon, 31 Dec 2029 23:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['soon', null],
    ['-5x', null],
    ['', null],
    [null, null],
  ])('%j is %j ms', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});

describe('what is said of a reply', () => {
  it.each([
    ['CUDA out of memory', 'The service answered 500: CUDA out of memory.'],
    ['What?', 'The service answered 500: What?'],
    ['\n\n  first \r\n second', 'The service answered 500: first.'],
    ['\u001B[31mred\u001B[0m\u0007 \u202Eflip', 'The service answered 500: red   flip.'],
    ['Traceback (most recent call last):\n  File "x.py", line 3', 'The service answered 500.'],
    ['  File "/srv/vqa.py", line 42, in run', 'The service answered 500.'],
    ['boom\n    at run (/srv/app.js:10:5)', 'The service answered 500.'],
    ['', 'The service answered 500.'],
    [null, 'The service answered 500.'],
    ['x'.repeat(150) + ' '.repeat(100), `The service answered 500: ${'x'.repeat(150)}.`],
  ])('of the error %j', (error, said) => {
    expect(sentence(failed, error, [])).toBe(said);
  });

  it('is at most one line of two hundred characters of the error, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (error) => {
        const said = sentence(failed, error, []);
        return said.length <= 230 && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(said);
      }),
      { numRuns: 50 },
    );
  });
});
