import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { KIB } from '../../domain/units.ts';
import { byteLines, LineTooLong } from '../lines.ts';
import type { Pulse } from '../pulse.ts';
import { parseKeyLine } from './key-line.ts';

const MOST_BAD_LINES = 20;
const LINE_MAX_BYTES = 256 * KIB;
const LINES_A_BEAT = 10_000;

/** The body of a .jsonl object that names tiles. */
export interface KeyList {
  readonly at: S3Location;
  readonly body: AsyncIterable<Uint8Array>;
  readonly pulse: Pulse;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function refuse(at: S3Location, bad: readonly string[]): void {
  if (bad.length === 0) return;
  const many = bad.length === MOST_BAD_LINES ? `The first ${MOST_BAD_LINES} bad lines` : 'Bad lines';
  throw new Failure(
    'InvalidSpec',
    `${many} of ${s3Uri(at)}; correct them and start again:\n${bad.map((line) => `  ${line}`).join('\n')}`,
  );
}

/** The lines that are not empty, with their 1-based numbers. */
async function* numbered({ at, body, pulse }: KeyList): AsyncGenerator<readonly [number, string | null]> {
  let number = 0;
  try {
    for await (const bytes of byteLines(body, LINE_MAX_BYTES)) {
      number += 1;
      pulse.signal.throwIfAborted();
      if (number % LINES_A_BEAT === 0) pulse.beat({ lines: number });
      const text = textOf(bytes);
      if (text === null || text.trim() !== '') yield [number, text];
    }
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    throw new Failure('InvalidSpec', `${s3Uri(at)}: ${error.message}; expected one JSON object a line.`, { cause: error });
  }
}

/**
 * The locations that a list of keys names, in its order. Every line is read before the last location is given.
 * @throws Failure `InvalidSpec` that lists bad lines, up to 20 at once, by their numbers.
 */
export async function* readKeyList(list: KeyList): AsyncGenerator<S3Location> {
  const bad: string[] = [];
  for await (const [number, text] of numbered(list)) {
    const found = text === null ? 'not UTF-8 text' : parseKeyLine(text, list.at.bucket);
    if (typeof found !== 'string') yield found;
    else if (bad.push(`line ${number}: ${found}`) === MOST_BAD_LINES) break;
  }
  refuse(list.at, bad);
}
