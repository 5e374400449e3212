/** A cell: what it says, and whether it was in quotes. */
export interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

const QUOTED = /"((?:[^"]|"")*)"/uy;
const PLAIN = /[^",\r\n]*/uy;

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function cellAt(text: string, at: number): { cell: Cell; next: number } {
  const quoted = matched(QUOTED, text, at);
  const [found, inside] = quoted ?? matched(PLAIN, text, at) ?? [''];
  const cell = { text: quoted === null ? found : (inside ?? '').replaceAll('""', '"'), quoted: quoted !== null };
  return { cell, next: at + found.length };
}

/** Reads the grammar of RFC 4180, section 2, strictly. @returns the cells of every line. @throws where the text is not of it */
export function parseCsv(text: string): Cell[][] {
  const lines: Cell[][] = [];
  let line: Cell[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, next } = cellAt(text, at);
    line.push(cell);
    if (text[next] === ',') at = next + 1;
    else if (text.startsWith('\r\n', next)) {
      lines.push(line);
      line = [];
      at = next + 2;
    } else throw new SyntaxError(`neither a comma nor CRLF at ${next}: ${JSON.stringify(text.slice(next, next + 20))}`);
  }
  if (line.length > 0) throw new SyntaxError('the last line has no end');
  return lines;
}
