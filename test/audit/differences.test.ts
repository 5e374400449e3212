import { describe, expect, it } from 'vitest';
import { Differences, sentenceOf, type DifferenceKind } from '../../audit/differences.ts';

function differences(counts: Partial<Record<DifferenceKind, number>>): Differences {
  const all = new Differences();
  for (const [kind, count] of Object.entries(counts))
    for (let line = 1; line <= count; line += 1) all.add({ kind: kind as DifferenceKind, path: 'p', line, message: 'is so.' });
  return all;
}

describe('differences', () => {
  it('are all counted, however many there are, and the first are kept', () => {
    const many = differences({ order: 5_000, part_missing: 1 });
    expect(many.total).toBe(5_001);
    expect(many.counts).toEqual({ part_missing: 1, order: 5_000 });
    expect(many.some(100_000)).toHaveLength(1_001);
  });

  it('are shown of every kind, however many one kind has', () => {
    const shown = differences({ order: 900, duplicate: 2, balance: 1 }).some(10);
    expect(shown.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7].map((line) => `order ${line}`),
      'duplicate 1',
      'duplicate 2',
      'balance 1',
    ]);
  });

  it('name path and line', () => {
    const one = { kind: 'order', path: 'captions/part-00000.jsonl', message: 'is so.' } as const;
    expect(sentenceOf({ ...one, line: 3 })).toBe('captions/part-00000.jsonl line 3: is so.');
    expect(sentenceOf({ ...one, line: null })).toBe('captions/part-00000.jsonl: is so.');
  });
});
