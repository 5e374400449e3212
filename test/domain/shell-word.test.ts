import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoted, shellWord } from '../../domain/shell-word.ts';

const WORDS = [
  'plan.json',
  'out/my plan.json',
  "it's mine.json",
  's3://bucket/run=a-20260101T000000Z/',
  '$HOME/`id`.json',
  'a;b&c|d>e<f*g?h[i]j!k#l~m\\n"o"(p){q}',
  '~/plan.json',
  '',
];

describe('a word of a shell', () => {
  it('is read as it was meant, whatever is in it', () => {
    const words = [...WORDS.map(shellWord), ...WORDS.map(quoted)].join(' ');
    const read = execFileSync('sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
    expect(read.split('\n').slice(0, -1)).toEqual([...WORDS, ...WORDS]);
  });

  it('has quotes only where it needs them', () => {
    expect(WORDS.filter((word) => shellWord(word) === word)).toEqual(['plan.json', 's3://bucket/run=a-20260101T000000Z/']);
  });
});
