import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../../activities/enumerate/csv-rows.ts';

async function rowsOf(text: string | Uint8Array, chunk = 7): Promise<string[][]> {
  const bytes = Buffer.from(text as string);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const rows: string[][] = [];
  for await (const row of csvRows(chunks())) rows.push(row);
  return rows;
}

describe('CSV', () => {
  it.each([
    [
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      '"a","b"\r\n"c","d"',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a ""q"", x","line\nbreak"\n', [['a "q", x', 'line\nbreak']]],
    [
      '\n,\n"",x\n\n',
      [
        ['', ''],
        ['', 'x'],
      ],
    ],
    ['', []],
  ])('%j is read', async (text, rows) => {
    expect(await rowsOf(text)).toEqual(rows);
  });

  it('is the same rows however its bytes arrive', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '\u{1F6F0}') });
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 20 }), async (table, chunk) => {
        const text = table.map((row) => `${row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')}\n`).join('');
        expect(await rowsOf(text, chunk)).toEqual(table);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a,b\n"c"d,e\n', 'row 2 is not CSV'],
    ['"never closed', 'row 1 is not CSV'],
    [Buffer.alloc(300_000, 'x'), 'row 1 is not CSV'],
    [Buffer.from([0x61, 0xff, 0x0a]), 'not valid'],
  ])('that is none is refused: %#', async (text, message) => {
    await expect(rowsOf(text, 65_536)).rejects.toThrow(message);
  });
});
