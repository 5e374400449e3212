import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsSecret, shownAddress, shownName, withPlainAddresses } from '../../domain/shown-address.ts';

const SIGNED = [
  'https://x.blob.core.windows.net/c/a.tif?se=2026&sp=r&sig=SECRET0abc',
  'https://b.s3.amazonaws.com/k.tif?X-Amz-Signature=SECRET0',
  'https://b.s3.amazonaws.com/k.tif?X-Amz-Security-Token=SECRET0&x=1',
  'https://storage.googleapis.com/b/k?X-Goog-Signature=SECRET0',
  's3://b/k.tif?x=1&X-Amz-Signature=SECRET0',
  './k.tif?sig=SECRET0',
  'https://b.s3.amazonaws.com/k.tif%3FX-Amz-Signature%3DSECRET0',
  'https://api.example.org/items/a#access_token=SECRET0',
];
const WITH_USER = [
  'https://user:SECRET0@host/a.tif',
  'https://SECRET0@host/a.tif',
  's3://AKIA:SECRET0@bucket/a.tif',
  's3://AKIA:SECR/ET0@bucket/a.tif',
  's3://AKIA:7/SECRET0@bucket/a.tif',
  'https://user:SECRET0?x@host/a.tif',
  '//user:SECRET0@host/a.tif',
  'user:SECRET0@host/a.tif',
  '/vsicurl/https://user:SECRET0@host/a.tif',
  '/vsicurl/https://host/a.tif?sig=SECRET0',
];

describe('an address that is quoted', () => {
  it.each([...SIGNED, ...WITH_USER])('has no secret in it: %s', (address) => {
    expect(shownAddress(address)).not.toMatch(/SECR|ET0/u);
  });

  it('says still where it leads, and that something is left out', () => {
    expect(SIGNED.slice(0, 2).map((address) => shownAddress(address))).toEqual([
      '"https://x.blob.core.windows.net/c/a.tif?…"',
      '"https://b.s3.amazonaws.com/k.tif?…"',
    ]);
    expect(shownAddress('https://user:SECRET0@host/a.tif')).toBe('"https://…@host/a.tif"');
    expect(shownAddress('http://localhost:4566/b/a@2x.png')).toBe('"http://…"');
    expect(shownAddress('http://[::1]:4566/b/a.png')).toBe('"http://[::1]:4566/b/a.png"');
    expect(shownAddress('../tiles/a@2x.png')).toBe('"../tiles/a@2x.png"');
  });

  it('is short and on one line, and no picture', () => {
    expect(shownAddress(`https://host/${'a'.repeat(9_000)}`)).toHaveLength(202);
    expect(shownAddress('a\n\u202Eb')).toBe(String.raw`"a\n\u202eb"`);
    expect(shownAddress('data:image/png;base64,AAAA')).toBe('"data:…"');
    expect(shownName('i'.repeat(4_000))).toHaveLength(60);
    expect(shownName('https://host/a?sig=SECRET0')).toBe('https://host/a?…');
  });

  it('has nothing of a query or of a password, whatever they are', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9%._~+=-]{6,20}$/u);
    fc.assert(
      fc.property(word, word, (secret, host) => {
        const told = [`https://${host}/a?b=${secret}`, `s3://k:x${secret}@${host}/a`].map((address) => shownAddress(address));
        return host.includes(secret) || told.every((text) => !text.includes(secret));
      }),
    );
  });
});

describe('text with addresses in it', () => {
  it.each([...SIGNED, ...WITH_USER.slice(0, 4)])('has no secret of theirs: %s', (address) => {
    const told = withPlainAddresses(`The spec ${address} cannot be read. Give {"uri":"${address}"}, or (${address}).`);
    expect(told).not.toMatch(/SECR|ET0/u);
  });

  it.each([
    's3://bucket/a/b#1?.tif is not there. Check https://host:8080/v1, and http://localhost:4566.',
    'Look at s3://bucket: it is empty.',
    'row 7: token is missing; expected sig=…',
  ])('is what it was without one: %s', (text) => {
    expect(withPlainAddresses(text)).toBe(text);
  });
});

describe('an address with a secret in it', () => {
  it('is known by its parameters, or by its password', () => {
    expect([...SIGNED, 'https://user:SECRET0@host/a.tif'].filter((address) => !holdsSecret(address))).toEqual([]);
    expect(
      ['s3://b/a?b.tif', 'a#sig.tif', 'tiles/sig=1/a.tif', 'a?v=2', 's3://b/token=x/a', 's3://b/a:b@2x.png'].filter(holdsSecret),
    ).toEqual([]);
  });
});
