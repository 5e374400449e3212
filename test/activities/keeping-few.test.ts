import { describe, expect, it } from 'vitest';
import { keepingFew } from '../../activities/keeping-few.ts';
import { gate } from '../support/gate.ts';

interface Scene {
  readonly read: string[];
  ask(wanted: string): Promise<string>;
}

function keepingTwo(reading: (wanted: string) => Promise<string> = async (wanted) => wanted.toUpperCase()): Scene {
  const read: string[] = [];
  const ask = keepingFew(
    2,
    (wanted: string) => wanted.toLowerCase(),
    async (wanted) => {
      read.push(wanted);
      return reading(wanted);
    },
  );
  return { read, ask };
}

describe('a reader that keeps few', () => {
  it('reads once what has the same name', async () => {
    const { read, ask } = keepingTwo();
    expect([await ask('a'), await ask('A'), await ask('b')]).toEqual(['A', 'A', 'B']);
    expect(read).toEqual(['a', 'b']);
  });

  it('forgets what was asked for longest ago', async () => {
    const { read, ask } = keepingTwo();
    for (const wanted of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(wanted);
    expect(read).toEqual(['a', 'b', 'c', 'b']);
  });

  it('reads once for all who ask at the same time', async () => {
    const opening = gate();
    const { read, ask } = keepingTwo(async (wanted) => {
      await opening.opened;
      return wanted;
    });
    const asked = [ask('a'), ask('a')];
    opening.open();
    expect(await Promise.all(asked)).toEqual(['a', 'a']);
    expect(read).toEqual(['a']);
  });

  it('keeps no failure, and tells it to everybody who waited for it', async () => {
    let fails = true;
    const { read, ask } = keepingTwo(async (wanted) => {
      if (fails) throw new Error(`no ${wanted}`);
      return wanted;
    });
    await Promise.all([ask('a'), ask('a')].map((asked) => expect(asked).rejects.toThrow('no a')));
    fails = false;
    expect(await ask('a')).toBe('a');
    expect(read).toEqual(['a', 'a']);
  });

  it('keeps the new reading where an old one fails that was forgotten meanwhile', async () => {
    const failing = gate();
    let first = true;
    const { read, ask } = keepingTwo(async (wanted) => {
      if (wanted !== 'a' || !first) return wanted;
      first = false;
      await failing.opened;
      throw new Error('too late');
    });
    const old = ask('a');
    for (const wanted of ['b', 'c', 'a']) await ask(wanted);
    failing.open();
    await expect(old).rejects.toThrow('too late');
    expect(await ask('a')).toBe('a');
    expect(read).toEqual(['a', 'b', 'c', 'a']);
  });
});
