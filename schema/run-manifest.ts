import { z } from 'zod';
import { NOTHING_HARVESTED, type RunManifest } from '../domain/run.ts';
import { check, refuseMistakes } from './mistake.ts';

const COUNT = z.int().min(0);

const HARVEST = z.object({
  records: COUNT,
  jobs: COUNT,
  gpu_seconds: z.number().min(0),
  from: z.array(z.object({ run_id: z.string(), records: COUNT })),
});

const OWED = z.object({ new: COUNT, changed: COUNT, stale: COUNT, failed: COUNT, done: COUNT, owed: COUNT });
const BOUND = z.object({ key: z.string(), bucket: z.string() });
const INDEX_PART = z.object({
  path: z.string(),
  range: COUNT,
  bytes: COUNT,
  lines: COUNT,
  sha256: z.string(),
  first: BOUND,
  last: BOUND,
});

const RUN_MANIFEST = z.object({
  schema_version: z.literal(1),
  run_id: z.string(),
  dataset: z.string(),
  state: z.enum(['complete', 'cancelled', 'failed']),
  started_at: z.string(),
  ended_at: z.string(),
  inputs: COUNT,
  tasks: COUNT,
  expected: COUNT,
  ok: COUNT,
  failed: COUNT,
  skipped: COUNT,
  unfinished: COUNT,
  ignored: z.object({ zero_bytes: COUNT, folder: COUNT, sidecar: COUNT, excluded: COUNT, duplicate: COUNT }),
  // Manifests that were written before there was a harvest do not have it.
  harvest: HARVEST.default({ ...NOTHING_HARVESTED, from: [] }),
  window_ended: z.boolean().default(false),
  owed: OWED.nullable().default(null),
  missing: z.array(z.string()),
  parts: z.array(z.object({ path: z.string(), bytes: COUNT, lines: COUNT, sha256: z.string() })),
  index: z.array(INDEX_PART).default([]),
});

/** Reads manifest.json. @param what its address, for where it is damaged. @throws Failure `Internal` */
export function parseRunManifest(document: unknown, what: string): RunManifest {
  const { value, mistakes } = check(RUN_MANIFEST, document);
  refuseMistakes(mistakes, { kind: 'Internal', what });
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return value;
}
