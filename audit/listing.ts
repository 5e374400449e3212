import { PATHS } from '../domain/layout.ts';
import type { RunManifest } from '../domain/run.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Differences } from './differences.ts';
import type { RangeParts } from './range.ts';

const WORK = '_work/';
const INPUT_PART = /^manifest\/part-(\d{5,})\.jsonl$/u;
const ANY_PART = /\/part-(\d{5,})\.jsonl$/u;
const DOCUMENTS: readonly string[] = [PATHS.run, PATHS.manifest, PATHS.reportJson, PATHS.reportHtml, PATHS.success];

/** What stands below `run=<id>/`, as far as a run has such objects. */
export interface Listing {
  readonly documents: ReadonlySet<string>;
  readonly parts: ReadonlySet<string>;
  /** Ranges of which manifest/ has a part. */
  readonly inputs: ReadonlySet<number>;
  readonly successBytes: number | null;
  /** Objects below `_work/`. */
  readonly work: number;
}

function rangeOf(path: string, pattern: RegExp): number | null {
  const [, digits] = pattern.exec(path) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Which run, and what its manifest says of it. */
export interface Listed {
  readonly store: ObjectStore;
  readonly run: { readonly bucket: string; readonly prefix: string };
  readonly manifest: RunManifest;
  readonly differences: Differences;
}

/** Lists a run and tells what its manifest does not name. @throws ObjectStoreError */
export async function listRun({ store, run, manifest, differences }: Listed): Promise<Listing> {
  const named = new Set(manifest.parts.map(({ path }) => path));
  const [documents, parts, inputs] = [new Set<string>(), new Set<string>(), new Set<number>()];
  let [work, successBytes]: [number, number | null] = [0, null];
  for await (const page of store.list({ bucket: run.bucket, prefix: run.prefix })) {
    for (const { key, sizeBytes } of page) {
      const path = key.slice(run.prefix.length);
      const range = rangeOf(path, INPUT_PART);
      if (path === PATHS.success) successBytes = sizeBytes;
      if (path.startsWith(WORK)) work += 1;
      else if (DOCUMENTS.includes(path)) documents.add(path);
      else if (named.has(path)) parts.add(path);
      else if (range !== null && path === PATHS.manifestPart(range)) inputs.add(range);
      else
        differences.add({
          kind: 'not_named',
          path,
          line: null,
          message: `is there (${sizeBytes} bytes), and manifest.json does not name it.`,
        });
    }
  }
  for (const path of named)
    if (!parts.has(path))
      differences.add({ kind: 'part_missing', path, line: null, message: 'is named by manifest.json and not there.' });
  return { documents, parts, inputs, successBytes, work };
}

/** @returns the ranges of a run of which anything is known, in their order, with what is there of each. */
export function rangesOf({ parts, inputs }: Listing, manifest: RunManifest, frozen: number): RangeParts[] {
  const ranges = manifest.parts.map((part) => ({ part, range: rangeOf(part.path, ANY_PART) ?? 0 }));
  const wasFrozen = Array.from({ length: frozen }, (_, range) => range);
  const known = new Set([...wasFrozen, ...inputs, ...ranges.map(({ range }) => range)]);
  return [...known]
    .toSorted((a, b) => a - b)
    .map((range) => ({
      range,
      frozenPart: inputs.has(range),
      parts: ranges.filter((one) => one.range === range && parts.has(one.part.path)).map(({ part }) => part),
    }));
}
