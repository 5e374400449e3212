import { z } from 'zod';
import type { Frozen } from '../domain/run.ts';
import { check, refuseMistakes } from './mistake.ts';

const COUNT = z.int().min(0);
const IGNORED = z.object({ zero_bytes: COUNT, folder: COUNT, sidecar: COUNT, excluded: COUNT, duplicate: COUNT });
const RANGE = z.object({ lines: COUNT, bytes: COUNT, sha256: z.string() });

const FROZEN = z.object({ schema_version: z.literal(1), inputs: COUNT, ranges: z.array(RANGE), ignored: IGNORED });

const LISTED = z.object({
  schema_version: z.literal(1),
  range: COUNT,
  part: RANGE.nullable(),
  last_key: z.string(),
  last_bucket: z.string(),
  inputs: COUNT,
  ignored: IGNORED,
  end: z.boolean(),
  source_etag: z.string().nullable(),
});

/** `_work/listed/part-n.json`: how far the input had been read when part n was written. */
export type Listed = Readonly<z.output<typeof LISTED>>;

function parse<T>(schema: z.ZodType<T>, document: unknown, what: string): T {
  const { value, mistakes } = check(schema, document);
  refuseMistakes(mistakes, { kind: 'Internal', what });
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return value;
}

/** @param what its address, for where it is damaged. @throws Failure `Internal` */
export function parseFrozen(document: unknown, what: string): Frozen {
  return parse(FROZEN, document, what);
}

/** @param what its address, for where it is damaged. @throws Failure `Internal` */
export function parseListed(document: unknown, what: string): Listed {
  return parse(LISTED, document, what);
}
