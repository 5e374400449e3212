import { Failure } from '../domain/failure.ts';
import { parseS3Uri, type S3Location } from '../domain/layout.ts';
import type { Frozen, Run, RunRef } from '../domain/run.ts';
import { shownAddress } from '../domain/shown-address.ts';
import type { InputSpec } from '../domain/spec.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';
import { inputKind, type InputKind } from '../schema/uri.ts';
import type { IgnoredCounts, Source } from './enumerate/candidate.ts';
import { emptyInput } from './enumerate/empty-input.ts';
import { emptyRetry } from './enumerate/empty-retry.ts';
import { freeze } from './enumerate/freeze.ts';
import { inventorySource } from './enumerate/inventory-source.ts';
import { keyListSource, type NamingObject } from './enumerate/key-list-source.ts';
import { prefixSource } from './enumerate/prefix-source.ts';
import { frozenIfThere, putFrozen, readReached, UNREACHED, type Reached } from './enumerate/progress.ts';
import { retrySource } from './enumerate/retry-source.ts';
import { sampledSource } from './enumerate/sampled-source.ts';
import { stacSource } from './enumerate/stac-source.ts';
import { inputStore } from './input-store.ts';
import { outputStore } from './output-store.ts';
import type { Pulse } from './pulse.ts';
import { readRetried, type RetriedRun } from './retried-run.ts';
import { withS3Failures } from './s3-failure.ts';

/** What enumerate needs. */
export interface EnumerateDeps {
  readonly stores: ObjectStores;
  readonly readRun: (ref: RunRef) => Promise<Run>;
  /** Tiles that an object names and that are sorted in memory at once; the others wait in files. */
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

/** The input of a run, ready to be read. */
export interface Input {
  readonly store: ObjectStore;
  readonly output: ObjectStore;
  readonly at: S3Location;
  readonly run: Run;
  /** Null where the input names the tiles itself. */
  readonly retried: RetriedRun | null;
  readonly pulse: Pulse;
}

function locationOf(run: Run): S3Location {
  const at = parseS3Uri(run.spec.input.uri);
  if (at === null)
    throw new Failure('InvalidSpec', `input.uri is ${shownAddress(run.spec.input.uri)}; expected s3://bucket/prefix/.`);
  return at;
}

async function retriedBy({ spec }: Run, output: ObjectStore): Promise<RetriedRun | null> {
  const { retry } = spec;
  return retry === undefined ? null : withS3Failures('output', () => readRetried(output, spec.output.uri, retry));
}

const SOURCES: Readonly<Record<InputKind, (named: NamingObject) => Source>> = {
  prefix: prefixSource,
  key_list: keyListSource,
  inventory: inventorySource,
  stac: stacSource,
};

function wholeSource({ store, output, at, run, retried, pulse }: Input, reached: Reached, keepLines?: number): Source {
  const { input } = run.spec;
  if (retried !== null) return retrySource({ store, output, retried, input, at, pulse });
  return SOURCES[inputKind(input.uri)]({ store, input, at, pulse, etag: reached.etag, keep: keepLines });
}

function mostTiles({ limit = Infinity, sample = Infinity }: InputSpec): number {
  return Math.min(limit, sample);
}

function sourceOf(input: Input, reached: Reached, keepLines?: number): Source {
  const { limit = Infinity, sample } = input.run.spec.input;
  const whole = wholeSource(input, reached, keepLines);
  return sample === undefined ? whole : sampledSource(whole, { tiles: sample, limit });
}

/** @returns why a run over an input without a tile does not start. */
export function noTiles(input: Input, ignored: IgnoredCounts): Promise<Failure> {
  const { output, retried } = input;
  return retried === null ? emptyInput({ ...input, input: input.run.spec.input, ignored }) : emptyRetry(output, retried);
}

/** Where an input is read, and for which run; nothing is written. */
export interface InputReading {
  readonly stores: ObjectStores;
  readonly output: ObjectStore;
  readonly run: Run;
  readonly pulse: Pulse;
}

/** @throws Failure where a run to be retried cannot be read. */
export async function openInput({ stores, output, run, pulse }: InputReading): Promise<Input> {
  const retried = await retriedBy(run, output);
  return { store: inputStore(stores, run.spec.input), output, at: locationOf(run), run, retried, pulse };
}

/** The tiles of an input from its start, and how many of these at most. */
export function tilesOf(input: Input): { readonly source: Source; readonly limit: number } {
  return { source: sourceOf(input, UNREACHED), limit: mostTiles(input.run.spec.input) };
}

function enumerated({ inputs, ranges, ignored }: Frozen): Enumerated {
  return { inputs, ranges: ranges.length, ignored };
}

/**
 * Freezes the input of a run into `manifest/`. Every object of it is put once and an earlier attempt's is adopted, so
 * that any number of attempts, one after the other or at once, agree on one manifest; `_work/frozen.json` comes last.
 *
 * @returns an activity that throws Failure: `NotFound` where there is no tile, or nothing to retry.
 */
export function createEnumerate({ stores, readRun, keepLines }: EnumerateDeps) {
  return async ({ ref }: EnumerateArgs, pulse: Pulse): Promise<Enumerated> => {
    const output = outputStore(stores, ref);
    const there = await withS3Failures('output', () => frozenIfThere(output, ref));
    if (there !== null) return enumerated(there);
    const run = await readRun(ref);
    const { rangeTiles, spec } = run;
    const input = await openInput({ stores, output, run, pulse });
    const from = await withS3Failures('output', () => readReached(output, ref));
    const source = sourceOf(input, from, keepLines);
    const reached = await freeze({ source, output, ref, rangeTiles, limit: mostTiles(spec.input) }, from);
    if (reached.inputs === 0) throw await noTiles(input, reached.ignored);
    return enumerated(await withS3Failures('output', () => putFrozen(output, ref, reached)));
  };
}
