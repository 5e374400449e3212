import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { ownField } from './json-object.ts';
import { check, readJson, refuseMistakes } from './mistake.ts';

/** The `manifest.json` of an S3 Inventory (Amazon S3 User Guide, "Locating your inventory list"). */

const FORMATS = ['CSV', 'Parquet'] as const;
const TEXT = z.string({ error: 'text' }).min(1, { error: 'text that is not empty' });
const MD5 = z.string({ error: 'an MD5 in hex' }).regex(/^[0-9a-f]{32}$/iu, { error: 'an MD5 in hex' });
const FORMAT = z.enum(FORMATS, {
  error: ({ input }) =>
    input === 'ORC'
      ? 'CSV or Parquet: ORC is not read. Set the format of the inventory to Parquet and wait for its next report'
      : 'CSV or Parquet',
});

const MANIFEST = z.object({
  sourceBucket: TEXT,
  destinationBucket: TEXT,
  fileFormat: FORMAT,
  fileSchema: TEXT,
  files: z.array(z.object({ key: TEXT, MD5checksum: MD5 }), { error: 'a list of files' }),
});

/** One file of an inventory. */
export interface InventoryFile {
  readonly key: string;
  /** Lowercase hex. */
  readonly md5: string;
}

/** What an inventory says of itself. */
export interface Inventory {
  /** Whose objects its rows are. */
  readonly sourceBucket: string;
  /** Where its files are. */
  readonly bucket: string;
  readonly format: (typeof FORMATS)[number];
  /** Names of the columns in their order, where the files do not say so themselves. */
  readonly columns: readonly string[];
  readonly files: readonly InventoryFile[];
}

function refuseOurs(document: unknown, what: string): void {
  if (typeof ownField(document, 'run_id') !== 'string') return;
  throw new Failure(
    'InvalidSpec',
    `${what} is the manifest.json of a tilescribe run, not of an S3 Inventory. To ask about the tiles of that run again name a part of its manifest/ (.jsonl); to ask what failed, tilescribe retry.`,
  );
}

/** @returns the name of a bucket that is given as such or as `arn:aws:s3:::name`. */
function bucketOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

/** @param uri of the document, for people. @throws Failure `InvalidSpec` that lists every mistake. */
export function parseInventory(text: string, uri: string): Inventory {
  const of = { kind: 'InvalidSpec', what: `The inventory ${uri}` } as const;
  const read = readJson(text);
  refuseMistakes(read.mistakes, of);
  refuseOurs(read.value, uri);
  const { value, mistakes } = check(MANIFEST, read.value);
  refuseMistakes(mistakes, of);
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return {
    sourceBucket: bucketOf(value.sourceBucket),
    bucket: bucketOf(value.destinationBucket),
    format: value.fileFormat,
    columns: value.fileSchema.split(',').map((name) => name.trim()),
    files: value.files.map(({ key, MD5checksum }) => ({ key, md5: MD5checksum.toLowerCase() })),
  };
}
