import { createPaint, type Paint } from './paint.ts';

/** A stream that may be a terminal. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** False where it wants no more before it has drained. */
  write(text: string | Uint8Array): unknown;
  once?(event: 'drain', then: () => void): unknown;
}

export interface ScreenOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output is for one JSON object; what people read goes to standard error. */
  readonly json: boolean;
}

/** Where a command writes. */
export interface Screen {
  readonly json: boolean;
  /** What people read is read at a terminal. */
  readonly terminal: boolean;
  readonly columns: number;
  readonly paint: Paint;
  /** A line of the result; standard output but under `--json`. */
  line(text: string): void;
  /** A line about what is going on; always standard error. */
  note(text: string): void;
  /** Lines that the next ones replace; nothing where there is no terminal. */
  live(lines: readonly string[]): void;
  /** The one object of `--json`. */
  result(value: object): void;
}

const WIDTH_OF_PIPES = 100;
const ERASE_BELOW = '\u001B[J';
const COLOUR_OR_CHARACTER = /\u001B\[\d+m|./gsu;

/** @returns the line cut to a width, its colours kept: a line that wraps could not be erased again. */
export function fitted(line: string, columns: number): string {
  let width = 0;
  const pieces = line.match(COLOUR_OR_CHARACTER) ?? [];
  const kept = pieces.filter((piece) => piece.startsWith('\u001B') || (width += 1) < columns);
  return kept.join('');
}

function up(lines: number): string {
  return lines === 0 ? '' : `\u001B[${lines}A\r`;
}

function colourful(stream: Stream, environment: ScreenOptions['environment']): boolean {
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

export function createScreen({ stdout, stderr, environment, json }: ScreenOptions): Screen {
  const people = json ? stderr : stdout;
  const terminal = people.isTTY === true && environment['TERM'] !== 'dumb';
  let shown = 0;
  const erase = (): void => {
    if (shown > 0) people.write(`${up(shown)}${ERASE_BELOW}`);
    shown = 0;
  };
  const lasting = (stream: Stream, text: string): void => {
    erase();
    stream.write(`${text}\n`);
  };
  return {
    json,
    terminal,
    columns: people.columns ?? WIDTH_OF_PIPES,
    paint: createPaint(colourful(people, environment)),
    line: (text) => lasting(people, text),
    note: (text) => lasting(stderr, text),
    live: (lines) => {
      if (!terminal) return;
      erase();
      people.write(lines.map((line) => `${fitted(line, people.columns ?? WIDTH_OF_PIPES)}\n`).join(''));
      shown = lines.length;
    },
    result: (value) => {
      erase();
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
  };
}
