import { describe, expect, it } from 'vitest';
import { logObjects, s3Rows, type S3Figures } from '../../bench/s3-figures.ts';

const FIGURES: S3Figures = {
  latencyMs: 50,
  counts: {
    input: { GET: 1_000, LIST: 1 },
    'log: intents': { PUT: 500 },
    'log: calls': { PUT: 490 },
    'log: slices': { PUT: 10, GET: 20 },
    'log: listings': { LIST: 10 },
    merge: { PUT: 1, POST: 2, DELETE: 3, HEAD: 1 },
  },
};

describe('what a run asks of S3', () => {
  const rows = s3Rows(FIGURES, 1_000);
  const row = (purpose: string): object | undefined => rows.find((each) => each.purpose === purpose);

  it('is priced for a million tiles: a put 12.5 times a get, a listing like a put', () => {
    expect(row('log: intents')).toMatchObject({ aTile: 0.5, perMillionTiles: expect.closeTo(2.5) });
    expect(row('input')).toMatchObject({ aTile: 1.001, perMillionTiles: expect.closeTo(0.4 + 0.005) });
  });

  it('costs nothing where something is deleted', () => {
    expect(row('merge')).toMatchObject({ aTile: 0.007, perMillionTiles: expect.closeTo(0.0154) });
  });

  it('is summed up in the last row, and says nothing of what was never asked', () => {
    expect(rows.map(({ purpose }) => purpose)).toEqual([
      'input',
      'log: intents',
      'log: calls',
      'log: slices',
      'log: listings',
      'merge',
      'all',
    ]);
    expect(rows.at(-1)?.requests).toEqual({ PUT: 1_001, POST: 2, LIST: 11, GET: 1_020, HEAD: 1, DELETE: 3 });
  });

  it('has as many objects of the log as were put', () => {
    expect(logObjects(FIGURES)).toBe(1_000);
  });
});
