import { createHash } from 'node:crypto';
import type { TileRecord } from '../domain/record.ts';
import type { Part } from '../domain/run.ts';
import type { Format } from '../export/format.ts';
import { isWanted, mayHold, type Selection } from '../export/selection.ts';
import type { Source } from './export-source.ts';
import { lineValue, storedLines } from './stored-part.ts';

/** What is taken from where, and written how. */
export interface Export {
  readonly source: Pick<Source, 'output' | 'parts'>;
  readonly format: Format;
  readonly selection: Selection;
  /** Before everything else. */
  readonly preface: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** What an export came to. */
export interface Exported {
  records: number;
  /** Wanted, but without what the format needs. */
  leftOut: number;
  bytes: number;
  sha256: string;
}

function add(tally: Exported, written: string | null): string {
  if (written === null) tally.leftOut += 1;
  else tally.records += 1;
  return written ?? '';
}

async function* partText(work: Export, part: Part, tally: Exported): AsyncGenerator<string> {
  const stored = { output: work.source.output, part, signal: work.signal };
  for await (const lines of storedLines(stored)) {
    work.signal.throwIfAborted();
    let text = '';
    for (const line of lines) {
      const record = lineValue(stored, line) as TileRecord;
      if (isWanted(record, work.selection)) text += add(tally, work.format.line(record));
    }
    if (text !== '') yield text;
  }
}

async function* wholeText(work: Export, tally: Exported): AsyncGenerator<string> {
  const parts = work.source.parts.filter(({ path }) => mayHold(path, work.selection));
  const head = work.preface + work.format.head;
  if (head !== '') yield head;
  for (const [at, part] of parts.entries()) {
    work.progress(`part ${at + 1} of ${parts.length}: ${tally.records.toLocaleString('en')} records so far`);
    yield* partText(work, part, tally);
  }
}

/**
 * The records of a run or a view in another format, part after part in the order of what lists them, and in a part in its own.
 *
 * @param tally is complete when the chunks have ended.
 * @throws Failure `Internal` where a part is not what is listed; ObjectStoreError; what the signal was aborted with
 */
export async function* exportedBytes(work: Export, tally: Exported): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const text of wholeText(work, tally)) {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    tally.bytes += bytes.byteLength;
    yield bytes;
  }
  tally.sha256 = hash.digest('hex');
}
