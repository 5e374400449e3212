import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstLine, redact, secretSpellings } from '../../domain/redaction.ts';

describe('redaction', () => {
  it('takes out a secret as a whole, by its words, in a URL and in JSON', () => {
    const secrets = secretSpellings(['Bearer to"ken/value']);
    const said = ['Bearer to"ken/value', 'key=to"ken/value', 'to%22ken%2Fvalue', JSON.stringify('to"ken/value')].join(' | ');
    expect(redact(said, secrets)).toBe('[redacted] | key=[redacted] | [redacted] | "[redacted]"');
  });

  it('leaves words alone that are too short to be secrets', () => {
    expect(secretSpellings(['1', 'yes', ''])).toEqual([]);
    expect(redact('yes, 1 of 1', secretSpellings(['1', 'yes', '']))).toBe('yes, 1 of 1');
  });

  it('takes out pictures, as data URIs and as bare base64', () => {
    const base64 = Buffer.alloc(300, 7).toString('base64');
    expect(redact(`{"url":"data:image/png;base64,${base64}","n":1}`, [])).toBe('{"url":"[data URI]","n":1}');
    expect(redact(`got ${base64} instead`, [])).toBe('got [...] instead');
  });

  it('keeps ids, digests and addresses', () => {
    const text = `s3://bucket/a/b.tif ${'ab12'.repeat(16)} fc-01HABC https://a.example/v1`;
    expect(redact(text, [])).toBe(text);
  });

  it('takes out what stands in addresses and lets others in', () => {
    const text = 'GET https://user:SECRET0@a.example/v1?sig=SECRET0 failed, s3://b/k?X-Amz-Signature=SECRET0 too';
    expect(redact(text, [])).toBe('GET https://…@a.example/v1?… failed, s3://b/k?X-Amz-Signature=… too');
  });

  it('never lets a secret through, whatever stands around it', () => {
    const secret = 'S3CRET-value-of-a-header';
    const secrets = secretSpellings([secret]);
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => !redact(before + secret + after, secrets).includes(secret)),
    );
  });
});

describe('the first line of a text', () => {
  it('is the first that says something, without what a terminal would act upon', () => {
    expect(firstLine('\r\n \u001B]0;title\u0007\n one\u2028two', 100)).toBe('one');
  });

  it('is not cut in the middle of a character', () => {
    expect(firstLine('ab😀', 3)).toBe('ab');
  });
});
