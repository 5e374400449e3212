import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TileRecord } from '../../domain/record.ts';
import { COLUMNS } from '../../export/columns.ts';
import { csv, csvCell } from '../../export/csv.ts';
import { RECORD } from '../../schema/record.ts';
import { recordOf } from '../report/fixture.ts';
import { parseCsv, type Cell } from './csv-parser.ts';
import { asUtf8, hostileRecord, hostileText } from './hostile.ts';

/** What a spreadsheet must not see at the start of a cell. */
const DANGEROUS = /^[=+\-@\t\r\n＝＋－＠]/u;

/** Takes the apostrophe away again, as docs/output.md says. */
function undisarmed(text: string): string {
  return /^'+[=+\-@\t\r\n＝＋－＠]/u.test(text) ? text.slice(1) : text;
}

function valueOf({ text, quoted }: Cell, was: unknown): unknown {
  if (!quoted) return text === '' ? null : (JSON.parse(text) as unknown);
  const plain = undisarmed(text);
  return typeof was === 'object' ? (JSON.parse(plain) as unknown) : plain;
}

function withoutNul(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}

function readAgain(record: TileRecord): unknown {
  const [header = [], line = [], ...more] = parseCsv(Buffer.from(csv.head + (csv.line(record) ?? '')).toString());
  expect(more).toEqual([]);
  expect(line).toHaveLength(header.length);
  const entries = header.map(({ text: name }, at): [string, unknown] => {
    const cell = line[at] ?? { text: '', quoted: false };
    return [name, valueOf(cell, record[name as keyof TileRecord])];
  });
  return Object.fromEntries(entries);
}

describe('CSV', () => {
  it('has a column for every field of a record, in the order of the reference', () => {
    expect(COLUMNS).toEqual(Object.keys(RECORD.shape));
    expect(csv.head).toBe(`${COLUMNS.join(',')}\r\n`);
  });

  it('gives back every cell of every record, whatever it holds', () => {
    fc.assert(
      fc.property(hostileRecord, (record) => {
        const texts = Object.entries(asUtf8(record) as TileRecord).map(([name, value]) => [name, withoutNul(value)]);
        expect(readAgain(record)).toEqual(Object.fromEntries(texts));
      }),
    );
  });

  it('never has a text that a spreadsheet would calculate, but numbers', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [[cell] = []] = parseCsv(`${csvCell(text)}\r\n`);
        const shown = cell?.text ?? '';
        return cell?.quoted === true && (!DANGEROUS.test(shown) || Number.isFinite(Number(shown)));
      }),
    );
  });

  it.each([
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['+1 ship', `"'+1 ship"`],
    ['-5', '"-5"'],
    ['-5+1', `"'-5+1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ["'=1", `"''=1"`],
    ["'tis a harbour", `"'tis a harbour"`],
    ['two\r\nlines, "quoted"', '"two\r\nlines, ""quoted"""'],
    ['a\0b', '"a\uFFFDb"'],
    ['\uD800', '"\uFFFD"'],
    ['', '""'],
    [null, ''],
    [-5.5, '-5.5'],
    [true, 'true'],
    [[1, 2], '"[1,2]"'],
    [{ a: '=1' }, '"{""a"":""=1""}"'],
  ])('writes %j as %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it('leaves no record out', () => {
    expect(csv.line(recordOf({ bbox: null }))).toContain('A harbour with two piers.');
  });
});
