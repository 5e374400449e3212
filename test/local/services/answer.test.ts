import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { answerText, wordingChance, type Asked } from '../../../local/services/answer.ts';
import { readPixels, UnopenablePicture } from '../../../local/services/pixels.ts';
import { BLACK, FOREST, scene, ships, SIDE, SNOW, SOIL, WATER } from './support/scenes.ts';

const HALF = { left: 0, top: 0, width: SIDE / 2, height: SIDE };
const SHA256 = 'ab12cd34'.repeat(8);

async function ask(picture: Buffer, prompt: string, more: Partial<Asked> = {}): Promise<string> {
  const asked: Asked = { answers: 'vqa', prompt, pixels: await readPixels(picture), sha256: SHA256, maxTokens: 128, chance: 0 };
  return answerText({ ...asked, ...more });
}

describe('what a simulated service sees in a picture', () => {
  it.each([
    ['water', WATER],
    ['vegetation', FOREST],
    ['bare', SOIL],
    ['bright', SNOW],
  ] as const)('is the share of %s', async (surface, colour) => {
    const { shares } = await readPixels(await scene(BLACK, [{ colour, ...HALF }]));
    expect(shares[surface]).toBeCloseTo(0.5, 1);
  });

  it('is the size, the share of black, the colours and the brighter half', async () => {
    const pixels = await readPixels(await scene(BLACK, [{ colour: FOREST, ...HALF }]));
    expect(pixels).toMatchObject({ width: SIDE, height: SIDE, format: 'png', brighterHalf: 'left' });
    expect(pixels.black).toBeCloseTo(0.5, 1);
    expect(pixels.colours).toContain('dark green');
  });

  it.each([0, 1, 3, 6])('is %i bright objects', async (count) => {
    expect((await readPixels(await scene(WATER, ships(count)))).brightObjects).toBe(count);
  });

  it.each(['jpeg', 'webp', 'tiff', 'gif'] as const)('is the same in %s', async (format) => {
    const bytes = await sharp(await scene(WATER, ships(2)))
      .toFormat(format)
      .toBuffer();
    expect(await readPixels(bytes)).toMatchObject({ format, brightObjects: 2, width: SIDE });
  });

  it('survives alpha, grey, 16 bits, CMYK and a single pixel', async () => {
    const forest = sharp(await scene(FOREST));
    const odd = [
      await forest.clone().ensureAlpha(0.5).png().toBuffer(),
      await forest.clone().greyscale().png().toBuffer(),
      await forest.clone().toColourspace('rgb16').png().toBuffer(),
      await forest.clone().toColourspace('cmyk').jpeg().toBuffer(),
      await forest.clone().resize(1, 1).png().toBuffer(),
    ];
    for (const bytes of odd) expect((await readPixels(bytes)).colours.length).toBeGreaterThan(0);
  });

  it.each([
    ['nothing', async () => Buffer.alloc(0)],
    ['text', async () => Buffer.from('version https://git-lfs.github.com/spec/v1')],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['half a PNG', async () => (await scene(WATER, ships(6))).subarray(0, 300)],
  ])('is an error for %s', async (_, make) => {
    await expect(readPixels(await make())).rejects.toThrow(UnopenablePicture);
  });
});

describe('what a simulated service answers', () => {
  it('counts, names colours and covers, and says yes or no, from the pixels', async () => {
    const harbour = await scene(WATER, ships(3));
    expect(await ask(harbour, 'How many ships are visible?')).toMatch(/^3 \(simulated/u);
    expect(await ask(harbour, 'Is there water?')).toMatch(/^Yes/u);
    expect(await ask(harbour, 'Are there trees?')).toMatch(/^No/u);
    expect(await ask(harbour, 'What is the main land cover type here?')).toMatch(/^Water/u);
    expect(await ask(harbour, 'What is the dominant colour?')).toMatch(/^Dark blue/u);
    expect(await ask(await scene(FOREST), 'Are there trees?')).toMatch(/^Yes/u);
    expect(await ask(await scene(WATER), 'How many ships are visible?')).toMatch(/^0 /u);
  });

  it('describes the picture in a caption', async () => {
    const text = await ask(await scene(SOIL, [{ colour: BLACK, ...HALF }]), 'Describe.', { answers: 'caption' });
    expect(text).toMatch(/bare ground/u);
    expect(text).toMatch(/right half is the brighter/u);
    expect(text).toMatch(/(4[5-9]|50) % of the picture is black/u);
  });

  it('says that it is a simulation, of which size and which bytes', async () => {
    expect(await ask(await scene(WATER), 'Is there water?')).toBe('Yes (simulated; 256x256; sha256 ab12cd34)');
    expect(await ask(await scene(WATER), 'Describe.', { answers: 'caption' })).toMatch(
      /\(simulated; 256x256; sha256 ab12cd34\)$/u,
    );
    expect(await ask(await scene(WATER), 'Hello', { pixels: null })).toMatch(/no picture.*simulated/u);
  });

  it('is cut after so many tokens without a sign of it', async () => {
    expect(await ask(await scene(WATER), 'Describe.', { answers: 'caption', maxTokens: 3 })).toBe('The scene shows');
  });

  it('is worded alike for the same bytes and prompt at temperature 0, and by the job above it', () => {
    expect(wordingChance('a picture and a prompt', 0, 1)).toBe(wordingChance('a picture and a prompt', 0, 2));
    expect(wordingChance('a picture and a prompt', 0.7, 1)).not.toBe(wordingChance('a picture and a prompt', 0.7, 2));
  });
});
