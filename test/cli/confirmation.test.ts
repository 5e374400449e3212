import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirmed } from '../../cli/confirmation.ts';

async function asked(typed: string, terminal = true): Promise<{ agreed: boolean; shown: string }> {
  let shown = '';
  const stdin = Object.assign(Readable.from([typed]), { isTTY: terminal });
  const stderr = { isTTY: terminal, write: (text: string) => void (shown += text) };
  return { agreed: await confirmed({ stdin, stderr }, 'Remove it?'), shown };
}

describe('a question at a terminal', () => {
  it.each([
    ['y\n', true],
    ['Yes\n', true],
    ['n\n', false],
    ['\n', false],
    ['', false],
    ['yesterday\n', false],
  ])('%j', async (typed, agreed) => {
    expect(await asked(typed)).toEqual({ agreed, shown: 'Remove it? [y/N] ' });
  });

  it('is not asked where nobody is there', async () => {
    expect(await asked('', false)).toEqual({ agreed: true, shown: '' });
  });
});
