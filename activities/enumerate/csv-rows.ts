import { KIB } from '../../domain/units.ts';

/** A row that is none, or beyond what the reader is ready to hold. */
export class NotCsv extends Error {
  constructor(row: number) {
    super(`row ${row} is not CSV`);
    this.name = 'NotCsv';
  }
}

const ROW_MAX_CHARACTERS = 256 * KIB;

/** Cuts text into rows, however it arrives (RFC 4180; a row may end in LF alone). */
class Cutter {
  /** A field with the comma or line end behind it. */
  readonly #field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n)/uy;
  #rest = '';
  #rows = 0;

  get hasRest(): boolean {
    return this.#rest !== '';
  }

  /** @returns the rows that are whole by now. */
  add(text: string): string[][] {
    const all = this.#rest + text;
    const rows: string[][] = [];
    let [start, row] = [0, this.#rowAt(all, 0)];
    while (row !== null) {
      if (row.length > 1 || row[0] !== '') rows.push(row);
      this.#rows += 1;
      start = this.#field.lastIndex;
      row = this.#rowAt(all, start);
    }
    this.#rest = all.slice(start);
    if (this.#rest.length > ROW_MAX_CHARACTERS) this.refuse();
    return rows;
  }

  refuse(): never {
    throw new NotCsv(this.#rows + 1);
  }

  /** @returns the row that begins there; null where its end has not arrived. */
  #rowAt(text: string, start: number): string[] | null {
    this.#field.lastIndex = start;
    const cells: string[] = [];
    for (let found = this.#field.exec(text); found !== null; found = this.#field.exec(text)) {
      const [, quoted, plain = '', end] = found;
      cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end !== ',') return cells;
    }
    return null;
  }
}

/**
 * The rows of CSV that are not empty. A last row needs no line end.
 * @throws NotCsv; TypeError where the bytes are no UTF-8.
 */
export async function* csvRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const cutter = new Cutter();
  for await (const chunk of body) yield* cutter.add(decoder.decode(chunk, { stream: true }));
  yield* cutter.add(decoder.decode());
  if (cutter.hasRest) yield* cutter.add('\n');
  if (cutter.hasRest) cutter.refuse();
}
