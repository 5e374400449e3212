import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { ObjectStoreError } from '../../ports/object-store.ts';
import type { Inventory } from '../../schema/inventory.ts';
import { NotCsv } from './csv-rows.ts';

/** What is wrong with the files of an inventory, and what to do about it. */

/** Known in full, with what to do; any other error is a library's about the bytes. */
export class UnfitFile extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnfitFile';
  }
}

/** A file while it is read. */
export interface ReadFile {
  readonly at: S3Location;
  /** The manifest.json that lists it. */
  readonly listedBy: S3Location;
  readonly format: Inventory['format'];
  /** How many rows of it were read. */
  readonly rows: number;
}

const ANOTHER = 'Copy the report again, or name the manifest.json of another one.';
const EXPECTED: Readonly<Record<Inventory['format'], string>> = {
  CSV: 'CSV in gzip, whole',
  Parquet: 'a Parquet file, whole',
};
const ABSENT = new Set(['missing', 'no_bucket']);

/** @returns that a row means no object. */
export function unfitRow(row: number, problem: string): UnfitFile {
  return new UnfitFile(`row ${row}: ${problem}. ${ANOTHER}`);
}

function problemOf(error: Error, { format, rows }: ReadFile): string {
  if (error instanceof UnfitFile) return error.message;
  if (error instanceof NotCsv) return `${error.message}. ${ANOTHER}`;
  const where = rows === 0 ? '' : `after row ${rows}: `;
  return `${where}${error.message.replace(/\.$/u, '')}; expected ${EXPECTED[format]}. ${ANOTHER}`;
}

/** @returns what to throw where reading a file has ended with an error; one that is not about the file is left as it is. */
export function fileFailure(error: unknown, file: ReadFile): unknown {
  const [uri, by] = [s3Uri(file.at), s3Uri(file.listedBy)];
  if (error instanceof ObjectStoreError) {
    if (!ABSENT.has(error.problem)) return error;
    return new Failure('NotFound', `${uri} is not there, although ${by} lists it. ${ANOTHER}`, { cause: error });
  }
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const message = `${uri} cannot be read as a file of the inventory: ${problemOf(error, file)}`;
  return new Failure('InvalidSpec', message, { cause: error });
}
