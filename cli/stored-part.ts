import { createHash } from 'node:crypto';
import { Failure } from '../domain/failure.ts';
import type { Part } from '../domain/run.ts';
import { forTerminal } from '../domain/terminal.ts';
import { namesView } from './current-place.ts';
import type { RunOutput } from './run-output.ts';

/** A part of a finished run or of a current view, and where to read it. */
export interface StoredPart {
  readonly output: RunOutput;
  readonly part: Part;
  readonly signal: AbortSignal;
}

/** @returns what says how a part must be, and what to do where it is not. */
function listOf({ uri }: RunOutput): { name: string; todo: string } {
  if (!namesView(uri)) return { name: 'manifest.json', todo: 'Restore it, or run again with a new run id' };
  return { name: 'the pointer', todo: 'Make the view again with `tilescribe current rebuild`' };
}

function damage({ output, part }: StoredPart, what: string): Failure {
  const at = forTerminal(output.uri + part.path);
  const { todo } = listOf(output);
  return new Failure(
    'Internal',
    `${at} ${what}: something changed it after it was written. ${todo}; what was read of it is not to be used.`,
  );
}

async function body(stored: StoredPart): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await stored.output.bytes(stored.part.path, stored.signal);
  } catch (error) {
    if ((error as Error & { problem?: string }).problem === 'missing') throw damage(stored, 'is gone');
    throw error;
  }
}

/** UTF-8 in chunks that end anywhere; nothing at the end. @throws Failure `Internal` where it is no UTF-8 */
function textReader(stored: StoredPart): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw damage(stored, 'is not UTF-8');
    }
  };
}

/**
 * The lines of a part, as many at once as arrived; no more than a chunk and a line is ever held.
 *
 * @throws Failure `Internal`, after the last line, where bytes, lines or checksum are not those of what lists it;
 * ObjectStoreError
 */
export async function* storedLines(stored: StoredPart): AsyncGenerator<readonly string[]> {
  const { part } = stored;
  const hash = createHash('sha256');
  const read = textReader(stored);
  let [bytes, count, rest] = [0, 0, ''];
  for await (const chunk of await body(stored)) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    if (bytes > part.bytes)
      throw damage(stored, `has more than the ${part.bytes} bytes that ${listOf(stored.output).name} lists`);
    const lines = (rest + read(chunk)).split('\n');
    rest = lines.pop() ?? '';
    count += lines.length;
    yield lines;
  }
  rest += read();
  const same = rest === '' && bytes === part.bytes && count === part.lines && hash.digest('hex') === part.sha256;
  if (!same)
    throw damage(stored, `is not what ${listOf(stored.output).name} lists (${part.lines} lines, ${part.bytes} bytes, SHA-256)`);
}

/** @returns the value of a line, which tilescribe wrote as one object. @throws Failure `Internal` where it is none */
export function lineValue(stored: StoredPart, line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw damage(stored, 'has a line that is not a JSON object');
}
