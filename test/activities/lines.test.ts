import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLines, LineTooLong, textLines } from '../../activities/lines.ts';
import { gathered } from './gathered.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

describe('lines of bytes', () => {
  it('are the same however the bytes arrive', async () => {
    const anyLine = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '\r'));
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine), fc.array(fc.nat({ max: 9 })), fc.boolean(), async (lines, sizes, closed) => {
        const text = lines.join('\n') + (closed && lines.length > 0 ? '\n' : '');
        const read = await gathered(textLines(cut(Buffer.from(text), sizes)));
        const expected = text.split('\n');
        expect(read).toEqual(expected.at(-1) === '' ? expected.slice(0, -1) : expected);
      }),
    );
  });

  it('end at LF only, not at the other things that look like an end', async () => {
    const text = 'a\rb\u2028c\u2029d\u0085e\ff';
    expect(await gathered(textLines(cut(Buffer.from(`${text}\n\nlast`), [])))).toEqual([text, '', 'last']);
  });

  it('are refused by number before too much of one is held', async () => {
    const endless = cut(Buffer.from(`short\n${'x'.repeat(100)}`), [8, 8, 8]);
    const failure: unknown = await gathered(byteLines(endless, 10)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LineTooLong);
    expect(failure).toMatchObject({ line: 2, message: 'line 2 is longer than 10 bytes' });
  });
});
