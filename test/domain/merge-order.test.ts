import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRecords, compareUtf8 } from '../../domain/merge-order.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });

describe('the order of a part', () => {
  test('is that of UTF-8 bytes, for every pair of texts', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  test('puts a ship (U+1F6A2) behind a full-width tilde (U+FF5E), which JavaScript does not', () => {
    expect(['🚢', '\uff5e', 'z'].toSorted(compareUtf8)).toEqual(['z', '\uff5e', '🚢']);
    expect(['🚢', '\uff5e', 'z'].toSorted()).toEqual(['z', '🚢', '\uff5e']);
  });

  test('looks at the key, then the bucket, then the task', () => {
    const rows = [
      { key: 'b', bucket: 'a', task_id: 'a' },
      { key: 'a', bucket: 'b', task_id: 'a' },
      { key: 'a', bucket: 'a', task_id: 'b' },
      { key: 'a', bucket: 'a', task_id: 'a' },
    ];
    expect(rows.toSorted(compareRecords)).toEqual(rows.toReversed());
  });
});
