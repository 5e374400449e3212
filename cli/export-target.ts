import { Failure } from '../domain/failure.ts';
import type { Io } from './command.ts';
import { fileTarget } from './export-file.ts';
import { objectTarget } from './export-object.ts';
import type { Stream } from './screen.ts';

/** Where an export goes. */
export interface Target {
  /** A path or an address. */
  readonly name: string;
  /** Takes everything; what the chunks themselves throw leaves nothing behind, but for what was printed. */
  take(chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

const STANDARD_OUTPUT = '-';

/** @returns whether an export is printed: where `-` says so, or where nothing is said and the output is piped. */
export function isPrinted(out: string | undefined, { stdout }: Pick<Io, 'stdout'>): boolean {
  if (out !== undefined) return out === STANDARD_OUTPUT;
  if (stdout.isTTY !== true) return true;
  throw new Failure('InvalidSpec', 'Say where the export goes: --out FILE, --out s3://bucket/key, or --out - to print it here.');
}

async function print(stdout: Stream, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (stdout.write(chunk) === false) await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
  }
}

/** @returns a target that has been looked at: what is there already is refused before anything is read. @throws Failure */
export async function openTarget(out: string, force: boolean, { stdout }: Pick<Io, 'stdout'>): Promise<Target> {
  if (out === STANDARD_OUTPUT) return { name: 'standard output', take: (chunks) => print(stdout, chunks) };
  if (!out.startsWith('s3://')) return fileTarget(out, force);
  if (force) throw new Failure('InvalidSpec', '--force: objects in S3 are never replaced. Name another key, or remove it first.');
  return objectTarget(out);
}
