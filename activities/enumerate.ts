import { Failure } from '../domain/failure.ts';
import { parseS3Uri, type S3Location } from '../domain/layout.ts';
import type { Frozen, Run, RunRef } from '../domain/run.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';
import { namesTiles } from '../schema/uri.ts';
import type { IgnoredCounts, Source } from './enumerate/candidate.ts';
import { emptyInput } from './enumerate/empty-input.ts';
import { freeze } from './enumerate/freeze.ts';
import { keyListSource } from './enumerate/key-list-source.ts';
import { prefixSource } from './enumerate/prefix-source.ts';
import { frozenIfThere, putFrozen, readReached, type Reached } from './enumerate/progress.ts';
import { inputStore } from './input-store.ts';
import { outputStore } from './output-store.ts';
import type { Pulse } from './pulse.ts';
import { withS3Failures } from './s3-failure.ts';

/** What enumerate needs. */
export interface EnumerateDeps {
  readonly stores: ObjectStores;
  readonly readRun: (ref: RunRef) => Promise<Run>;
  /** Lines of a .jsonl input that are sorted in memory at once; the others wait in files. */
  readonly keepLines?: number;
}

export interface EnumerateArgs {
  readonly ref: RunRef;
}

/** The frozen input. */
export interface Enumerated {
  readonly inputs: number;
  /** How many parts the manifest has. */
  readonly ranges: number;
  readonly ignored: IgnoredCounts;
}

interface Input {
  readonly store: ObjectStore;
  readonly at: S3Location;
  readonly run: Run;
  readonly pulse: Pulse;
}

function locationOf(run: Run): S3Location {
  const at = parseS3Uri(run.spec.input.uri);
  if (at === null) throw new Failure('InvalidSpec', `input.uri is ${run.spec.input.uri}; expected s3://bucket/prefix/.`);
  return at;
}

function sourceOf({ store, at, run, pulse }: Input, reached: Reached, keepLines: number | undefined): Source {
  const { input } = run.spec;
  if (!namesTiles(input.uri)) return prefixSource({ store, input, at, pulse });
  const list = { store, input, at, pulse, etag: reached.etag };
  return keyListSource(keepLines === undefined ? list : { ...list, keep: keepLines });
}

function enumerated({ inputs, ranges, ignored }: Frozen): Enumerated {
  return { inputs, ranges: ranges.length, ignored };
}

/**
 * Freezes the input of a run into `manifest/`. Every object of it is put once and an earlier attempt's is adopted, so
 * that any number of attempts, one after the other or at once, agree on one manifest; `_work/frozen.json` comes last.
 *
 * @returns an activity that throws Failure: `NotFound` where there is no tile.
 */
export function createEnumerate({ stores, readRun, keepLines }: EnumerateDeps) {
  return async ({ ref }: EnumerateArgs, pulse: Pulse): Promise<Enumerated> => {
    const output = outputStore(stores, ref);
    const there = await withS3Failures('output', () => frozenIfThere(output, ref));
    if (there !== null) return enumerated(there);
    const run = await readRun(ref);
    const { rangeTiles, spec } = run;
    const input = { store: inputStore(stores, spec.input), at: locationOf(run), run, pulse };
    const from = await withS3Failures('output', () => readReached(output, ref));
    const source = sourceOf(input, from, keepLines);
    const reached = await freeze({ source, output, ref, rangeTiles, limit: spec.input.limit ?? Infinity }, from);
    if (reached.inputs === 0) throw await emptyInput({ ...input, input: spec.input, ignored: reached.ignored });
    return enumerated(await withS3Failures('output', () => putFrozen(output, ref, reached)));
  };
}
