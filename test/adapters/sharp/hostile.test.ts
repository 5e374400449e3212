import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { refuseZstdBomb, zstdBound } from '../../../adapters/sharp/inflate.ts';
import { renderTile } from '../../../adapters/sharp/render.ts';
import { ERRORS } from '../../../domain/errors.ts';
import { DEFAULT_IMAGE, landscapePage, photo } from '../../support/pictures.ts';
import { refusal } from '../../support/rendered.ts';
import { tiff, truncatedTiff } from '../../support/tiff-writer.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('what is not a picture', () => {
  it.each([
    [
      'S3 error document',
      text('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>no</Message></Error>'),
    ],
    ['Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n')],
    ['HTML page', text('<!DOCTYPE html>\n<html><body>Not found</body></html>')],
    ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><rect width="9" height="9"/></svg>')],
    ['SVG', text('<?xml version="1.0"?>\n<!-- a --><svg width="512" height="512"/>')],
    ['JSON', text('{"error":"not found"}')],
    ['GIF', text('GIF89a')],
    ['JPEG 2000', Uint8Array.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10])],
    ['PDF', text('%PDF-1.7')],
    ['archive', Uint8Array.from([0x1f, 0x8b, 8, 0])],
  ])('is refused by its first bytes, whatever its name, and called what it is: %s', async (what, bytes) => {
    const { code, message, facts } = await refusal(bytes, {}, 'tiles/harbour.png');
    expect(code).toBe('unsupported_format');
    expect(message).toContain(what);
    expect(facts).toMatchObject({ source_bytes: bytes.length, width: null, sent_bytes: null });
  });

  it('is refused with what to do where nobody knows what it is', async () => {
    const { code, message } = await refusal(Uint8Array.from({ length: 64 }, (_, index) => index + 1));
    expect(code).toBe('unsupported_format');
    expect(message).toBe(
      'The first bytes are not those of JPEG, PNG, WebP or TIFF; convert the tile, or exclude the key with input.exclude.',
    );
  });

  it('cannot be read where there are no bytes at all', async () => {
    expect(await refusal(new Uint8Array())).toMatchObject({ code: 'decode_failed', facts: { source_bytes: 0 } });
  });
});

describe('a picture that is refused by its header alone', () => {
  it('is over the pixel cap, though the file is small', async () => {
    const create = { width: 9_000, height: 9_000, channels: 3, background: '#204060' } as const;
    const bytes = await sharp({ create, limitInputPixels: false }).png({ compressionLevel: 9 }).toBuffer();
    expect(bytes.length).toBeLessThan(1_000_000);
    const { code, message, facts } = await refusal(bytes);
    expect([code, facts.width]).toEqual(['too_large', 9_000]);
    expect(message).toMatch(/^9000 x 9000 pixels are more than the 67108864/);
  });

  it('would be too large once decoded, though its pixels are few enough', async () => {
    const page = landscapePage({ width: 16, height: 16, bands: 3, type: 'uint16' });
    const bytes = tiff(page);
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(4, true);
    for (let entry = directory + 2; entry < directory + 2 + view.getUint16(directory, true) * 12; entry += 12) {
      if ([256, 257].includes(view.getUint16(entry, true))) view.setUint32(entry + 8, 8_000, true);
    }
    const { code, message } = await refusal(bytes);
    expect(code).toBe('too_large');
    expect(message).toContain('367 MiB decoded, more than 256 MiB');
  });

  it('has a side below 16 pixels', async () => {
    expect(await refusal(await photo(64, 15).png().toBuffer())).toMatchObject({
      code: 'too_small',
      facts: { width: 64, height: 15 },
    });
  });

  it('is longer than 200 times its width', async () => {
    expect(
      (
        await refusal(
          await photo(16 * 201, 16)
            .png()
            .toBuffer(),
        )
      ).code,
    ).toBe('too_small');
    expect(
      (
        await refusal(
          await photo(16 * 200, 16)
            .png()
            .toBuffer(),
        )
      ).code,
    ).toBe('none');
  });
});

describe('a bomb', () => {
  it('in a deflated block of a TIFF goes no further than the block', async () => {
    const page = landscapePage({ type: 'float32', tile: 32, compression: 8 });
    expect((await refusal(tiff({ ...page, excess: 1_000 }))).code).toBe('none');
    const { code, message } = await refusal(tiff({ ...page, excess: 20_000_000 }));
    expect([code, message]).toEqual(['decode_failed', expect.stringContaining('larger than')]);
  });

  it('in a Zstandard block is measured by its block headers, before anything is unpacked', () => {
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    const header = (last: number, kind: number, size: number): number[] => {
      const bits = last | (kind << 1) | (size << 3);
      return [bits & 255, (bits >> 8) & 255, bits >> 16];
    };
    const repeated = [...header(0, 1, 100_000), 7];
    const compressed = [...header(1, 2, 2), 1, 2];
    expect(zstdBound(Uint8Array.of(...frame, ...repeated, ...compressed))).toBe(100_000 + 128 * 1_024);
    expect(zstdBound(Uint8Array.of(...frame, ...compressed, ...frame, ...compressed))).toBe(2 * 128 * 1_024);
    expect(zstdBound(Uint8Array.of(1, 2, 3))).toBe(0);
    const bomb = Uint8Array.from([...frame, ...Array.from({ length: 3_000 }, () => repeated).flat(), ...compressed]);
    expect(() => refuseZstdBomb(bomb)).toThrow('unpacks to more than a whole picture may take');
  });
});

describe('a damaged picture', () => {
  it('is refused where a JPEG is cut off', async () => {
    const whole = await photo(256, 256).jpeg().toBuffer();
    const { code, message } = await refusal(whole.subarray(0, whole.length / 2));
    expect([code, message]).toEqual([
      'decode_failed',
      'The picture cannot be read (VipsJpeg: premature end of JPEG image); upload the tile again.',
    ]);
  });

  it.each([1, 500])('is refused where a TIFF lacks its last %i bytes, which readers overlook', async (missing) => {
    const { code, message } = await refusal(truncatedTiff(landscapePage(), missing));
    expect(code).toBe('decode_failed');
    expect(message).toMatch(/^The TIFF is truncated: block 3 of 3 ends at byte \d+ of \d+; upload the tile again\.$/);
  });

  it('is refused where the directory of a TIFF is cut off', async () => {
    const whole = tiff(landscapePage());
    expect((await refusal(whole.subarray(0, whole.length - 40))).code).toBe('decode_failed');
    expect((await refusal(whole.subarray(0, 6))).code).toBe('decode_failed');
  });

  it('is refused, not made black, where nobody knows the compression of a TIFF', async () => {
    const { code, message } = await refusal(tiff(landscapePage({ compression: 34_925 })));
    expect(code).toBe('decode_failed');
    expect(message).toMatch(/34925/);
  });

  it('is refused where a TIFF says deflate and holds something else', async () => {
    const bytes = tiff(landscapePage({ compression: 8 }));
    bytes.fill(0x55, 8, 200);
    expect((await refusal(bytes)).code).toBe('decode_failed');
  });
});

describe('any bytes at all', () => {
  let samples: Uint8Array[] = [];
  beforeAll(async () => {
    const rgb = photo();
    samples = await Promise.all([rgb.clone().jpeg().toBuffer(), rgb.clone().png().toBuffer(), rgb.clone().webp().toBuffer()]);
    const geo = { scale: [10, 10, 0], tiepoints: [0, 0, 0, 500_000, 5_000_000, 0], keys: { 1024: 1, 3072: 32_631 } };
    samples.push(tiff(landscapePage({ type: 'uint16', nodata: '0', geo, compression: 8 })));
    samples.push(
      tiff(landscapePage({ type: 'float32', tile: 32, planar: 2 }), landscapePage({ bands: 1, photometric: 4, subfile: 4 })),
    );
  });

  it('end as a picture or as a code with one sentence, never as an exception or as a mistake of tilescribe', async () => {
    const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(255)), {
      maxLength: 12,
    });
    const property = fc.asyncProperty(
      fc.nat(4),
      damage,
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      async (which, changes, kept) => {
        const original = samples[which] ?? new Uint8Array();
        const bytes = Uint8Array.from(original.subarray(0, Math.ceil(original.length * kept)));
        for (const [place, value] of changes) bytes[Math.floor(place * bytes.length)] = value;
        const rendering = await renderTile({ key: 'a.tif', bytes }, DEFAULT_IMAGE);
        if (rendering.ok) return;
        expect(ERRORS[rendering.code].class).not.toBe('run');
        expect(rendering.message).toMatch(/^[^\n]{10,400}\.$/);
      },
    );
    await fc.assert(property, { numRuns: 250 });
  });
});
