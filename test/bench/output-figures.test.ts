import { describe, expect, it } from 'vitest';
import { outputTable, passedBetween, requireSeen, type OutputFigure } from '../../bench/output-figures.ts';
import { MIB } from '../../domain/units.ts';

const BEFORE = { counts: { input: { GET: 2 }, other: { PUT: 1 } }, sent: 10, received: 20 };
const AFTER = { counts: { input: { GET: 5, LIST: 1 }, merge: { GET: 4 }, other: { PUT: 1 } }, sent: 10, received: 320 };

const FIGURE: OutputFigure = {
  records: 10_000,
  name: 'all done',
  through: 10_000,
  taken: { seconds: 0.5, cpuSeconds: 0.25, resident: [80 * MIB, 120 * MIB], heap: [10 * MIB, 15 * MIB] },
  pages: 10,
  saw: {},
  passed: { requests: { PUT: 0, POST: 0, LIST: 1, GET: 1_234, HEAD: 2, DELETE: 0 }, sent: 0, received: 3 * MIB },
};

describe('what passed a relay', () => {
  it('between two looks is counted by kind, whatever it was for', () => {
    expect(passedBetween(BEFORE, AFTER)).toEqual({
      requests: { PUT: 0, POST: 0, LIST: 1, GET: 7, HEAD: 0, DELETE: 0 },
      sent: 0,
      received: 300,
    });
  });
});

describe('the table of plans and views', () => {
  it('has memory before and above that, and the pages that were made up among the listings', () => {
    const [head, , row] = outputTable('tiles', [FIGURE]).split('\n');
    expect(head).toContain('| tiles a second |');
    expect(row).toBe('| 10,000 | all done | 0.5 | 20,000 | 0.3 | 80 + 40 | 10 + 5 | 11 | 1,234 | 2 | 0 | 3 | 0 |');
  });
});

describe('a measurement', () => {
  it('counts only where the work did what it was measured for', () => {
    expect(() => requireSeen('all done', { done: 9, owed: 1 }, { done: 9 })).not.toThrow();
    expect(() => requireSeen('all done', { done: 9 }, { done: 10 })).toThrow('"all done" gave 9 done; 10 were laid.');
    expect(() => requireSeen('all done', {}, { done: 10 })).toThrow('gave no done');
  });
});
