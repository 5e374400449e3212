import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { wholeBody, type BodySource, type OpenBody } from '../../../adapters/s3/body.ts';

const bodyOf = (...chunks: string[]): OpenBody => ({ stream: Readable.from(chunks.map((chunk) => Buffer.from(chunk))) });

function source(first: OpenBody, more: Partial<BodySource> = {}): BodySource {
  return {
    first,
    sizeBytes: null,
    maxBytes: null,
    resume: () => Promise.reject(new Error('no more')),
    tooLarge: () => new Error('too large'),
    signal: new AbortController().signal,
    stallMs: 1_000,
    ...more,
  };
}

async function read(from: BodySource): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of wholeBody(from)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a body', () => {
  it('of unknown length ends where its connection ends', async () => {
    expect(await read(source(bodyOf('ab', 'cd')))).toBe('abcd');
  });

  it('of unknown length is cut off at the cap, in the middle of the transfer', async () => {
    const first = bodyOf('ab', 'cd', 'ef');
    await expect(read(source(first, { maxBytes: 4 }))).rejects.toThrow('too large');
    expect((first.stream as Readable).destroyed).toBe(true);
  });

  it('that ends early is taken up at the byte where it ended', async () => {
    const asked: number[] = [];
    const resume = async (fromByte: number): Promise<OpenBody> => {
      asked.push(fromByte);
      return bodyOf('abcdef'.slice(fromByte, fromByte + 2));
    };
    expect(await read(source(bodyOf('ab'), { sizeBytes: 6, resume }))).toBe('abcdef');
    expect(asked).toEqual([2, 4]);
  });

  it('is whole once all its bytes are there, however its connection ends', async () => {
    const stream = new Readable({ read() {} });
    stream.push('abcd');
    setImmediate(() => stream.destroy(new Error('reset')));
    expect(await read(source({ stream }, { sizeBytes: 4 }))).toBe('abcd');
  });

  it('may wait for its reader as long as the reader likes', async () => {
    const chunks: string[] = [];
    for await (const chunk of wholeBody(source(bodyOf('ab', 'cd'), { stallMs: 200 }))) {
      await new Promise((resolve) => void setTimeout(resolve, 600));
      chunks.push(Buffer.from(chunk).toString());
    }
    expect(chunks).toEqual(['ab', 'cd']);
  });
});
