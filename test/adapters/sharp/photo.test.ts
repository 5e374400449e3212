import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PASS_THROUGH_MAX_BYTES } from '../../../domain/pass-through.ts';
import { difference, landscape, landscapePage, photo } from '../../support/pictures.ts';
import { refusal, rendered } from '../../support/rendered.ts';
import { tiff } from '../../support/tiff-writer.ts';

const jpeg = (): Promise<Buffer> => photo().jpeg({ quality: 90 }).toBuffer();

describe('a tile that can be sent as it is', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('goes out byte for byte, with its true type (%s)', async (format) => {
    const bytes = await photo().toFormat(format).toBuffer();
    const { picture, facts } = await rendered(bytes, { format: 'jpeg' });
    expect(Buffer.compare(picture, bytes)).toBe(0);
    expect(facts).toMatchObject({ format, sent_mime: `image/${format}`, sent_bytes: bytes.length, stretch: 'none' });
  });

  it('is still decoded, so that a cut-off end is found', async () => {
    const bytes = await photo(256, 256).png().toBuffer();
    expect((await refusal(bytes.subarray(0, bytes.length - 2_000))).code).toBe('decode_failed');
  });

  it.each([
    [
      'EXIF',
      async () =>
        photo()
          .withExif({ IFD3: { GPSLatitude: '47/1 1/1 0/1' } })
          .jpeg()
          .toBuffer(),
    ],
    ['XMP', async () => photo().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>secret</a></x:xmpmeta>').jpeg().toBuffer()],
    ['a colour profile', async () => photo().withIccProfile('p3').jpeg().toBuffer()],
    [
      'a comment',
      async () =>
        Buffer.concat([(await jpeg()).subarray(0, 2), Buffer.from('fffe0008736563726574', 'hex'), (await jpeg()).subarray(2)]),
    ],
    ['bytes behind its end', async () => Buffer.concat([await photo().png().toBuffer(), Buffer.from('secret')])],
    [
      'EXIF in a PNG',
      async () =>
        photo()
          .withExif({ IFD0: { Copyright: 'secret' } })
          .png()
          .toBuffer(),
    ],
    [
      'EXIF in a WebP',
      async () =>
        photo()
          .withExif({ IFD0: { Copyright: 'secret' } })
          .webp()
          .toBuffer(),
    ],
  ])('is written again without metadata where it has %s', async (_what, make) => {
    const bytes = await make();
    const { picture, facts } = await rendered(bytes, { format: 'jpeg' });
    const metadata = await sharp(picture).metadata();
    expect(facts.sent_mime).toBe('image/jpeg');
    expect([metadata.exif, metadata.xmp, metadata.icc, metadata.comments]).toEqual([undefined, undefined, undefined, undefined]);
    expect(Buffer.from(picture).includes('secret')).toBe(false);
  });

  it('is written again where it is over the byte budget', async () => {
    const noise = sharp({
      create: { width: 512, height: 512, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    });
    const bytes = await noise.png().toBuffer();
    expect(bytes.length).toBeGreaterThan(PASS_THROUGH_MAX_BYTES);
    const { facts } = await rendered(bytes, { format: 'jpeg' });
    expect(facts.sent_mime).toBe('image/jpeg');
    expect(facts.sent_bytes).toBeLessThan(bytes.length / 2);
  });
});

describe('a tile that is made into another picture', () => {
  it.each([
    ['jpeg', 'image/jpeg'],
    ['png', 'image/png'],
    ['webp', 'image/webp'],
  ] as const)('is of the format that image.format names (%s)', async (format, mime) => {
    const { picture, facts } = await rendered(tiff(landscapePage()), { format });
    expect([facts.sent_mime, (await sharp(picture).metadata()).format]).toEqual([mime, format]);
  });

  it('is made smaller to image.maxSide, and never larger', async () => {
    const large = await rendered(await photo(640, 320).jpeg().toBuffer(), { maxSide: 256 });
    expect(large.facts).toMatchObject({ width: 640, height: 320, sent_width: 256, sent_height: 128, image_tokens_estimate: 64 });
    const small = await rendered(tiff(landscapePage()), { maxSide: 256 });
    expect(small.facts).toMatchObject({ sent_width: 64, sent_height: 48 });
  });

  it('is turned upright by EXIF, which is then gone', async () => {
    const sideways = await photo(64, 48)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const { at, width, height, facts } = await rendered(sideways);
    expect([width, height, facts.sent_width, facts.sent_height, facts.width]).toEqual([48, 64, 48, 64, 64]);
    expect(
      difference(
        at(0, 0),
        [0, 1, 2].map((band) => landscape(0, 47, band)),
      ),
    ).toBeLessThan(12);
  });

  it('is RGB where it was grey', async () => {
    const { channels, facts } = await rendered(await photo(64, 48, 1).toColourspace('b-w').jpeg().toBuffer());
    expect(channels).toBe(3);
    expect(facts).toMatchObject({ bands: 1, bands_used: [1] });
  });

  it('is RGB where it had a palette', async () => {
    const { at, channels, facts } = await rendered(await photo().png({ palette: true, colours: 256 }).toBuffer());
    expect(channels).toBe(3);
    expect(
      difference(
        at(20, 10),
        [0, 1, 2].map((band) => landscape(20, 10, band)),
      ),
    ).toBeLessThan(40);
    expect(facts).toMatchObject({ bands: 1, format: 'png' });
  });

  it('is sRGB where it was CMYK', async () => {
    const bytes = await photo(128, 128).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    const { at, channels, facts } = await rendered(bytes);
    expect([channels, facts.bands]).toEqual([3, 4]);
    expect(
      difference(
        at(100, 60),
        [0, 1, 2].map((band) => landscape(100, 60, band)),
      ),
    ).toBeLessThan(60);
  });

  it('is black where a PNG is transparent, and darker where it half is', async () => {
    const alpha = Buffer.from(
      Uint8Array.from({ length: 64 * 48 }, (_, pixel) => (pixel % 64 < 16 ? 0 : pixel % 64 < 32 ? 128 : 255)),
    );
    const bytes = await photo()
      .joinChannel(alpha, { raw: { width: 64, height: 48, channels: 1 } })
      .png()
      .toBuffer();
    const { at, facts } = await rendered(bytes);
    const colour = [0, 1, 2].map((band) => landscape(20, 10, band));
    expect(at(5, 10)).toEqual([0, 0, 0]);
    expect(
      difference(
        at(20, 10),
        colour.map((level) => level * (128 / 255)),
      ),
    ).toBeLessThanOrEqual(1);
    expect(at(40, 10)).toEqual([0, 1, 2].map((band) => landscape(40, 10, band)));
    expect(facts).toMatchObject({ bands: 4, bands_used: [1, 2, 3], valid_fraction: 0.75 });
  });

  it('follows image.bands', async () => {
    const { at, facts } = await rendered(await photo().png().toBuffer(), { bands: [3, 2, 1] });
    expect(at(20, 10)).toEqual([2, 1, 0].map((band) => landscape(20, 10, band)));
    expect(facts.bands_used).toEqual([3, 2, 1]);
  });
});
