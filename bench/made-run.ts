import { createHash } from 'node:crypto';
import { newRun } from '../activities/open-run.ts';
import { takenOver } from '../domain/harvest.ts';
import { indexLineOf, type IndexLine, type IndexPart } from '../domain/index-line.ts';
import { inOutput, inRun, OUTPUT_PATHS, PATHS, runPlace, s3Uri } from '../domain/layout.ts';
import type { SliceHead } from '../domain/log.ts';
import type { TileRecord } from '../domain/record.ts';
import { NOTHING_HARVESTED, type Part, type Run, type RunManifest, type RunRef } from '../domain/run.ts';
import { SERVICE_DEFAULTS, type Configuration } from '../domain/service.ts';
import type { RunSpec } from '../domain/spec.ts';
import { newStrand } from '../domain/strand.ts';
import { IGNORED_NONE } from '../domain/tile.ts';
import { HOUR_MS, isoText } from '../domain/units.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { runDocument } from '../schema/run.ts';
import { parseSpec } from '../schema/spec.ts';
import { recordAt } from './made-record.ts';
import { MADE_INPUT, madeEtag, madeKey } from './made-tiles.ts';

/** Finished runs as a worker would have left them, written straight into S3: one caption for each tile. */

const LAST_SLICE = 3;

/** A run, and when it began, wall clock ms. */
export interface MadeRunName {
  readonly runId: string;
  readonly startedAtMs: number;
}

export interface MadeRun extends MadeRunName {
  /** From tile to tile, the last one not. */
  readonly tiles: readonly [from: number, to: number];
  /** Who asked for the answer of tile n; where it is another run, that answer was taken over. */
  readonly askedBy: (n: number) => MadeRunName;
  readonly failed: (n: number) => boolean;
  /** The parts with the records as well, not their index alone. */
  readonly withParts: boolean;
  /** The end of every strand's log as well; not unless told. */
  readonly withLogs?: boolean;
}

export const MADE_CONFIGURATION: Configuration = {
  gpus: 2,
  services: [
    {
      ...SERVICE_DEFAULTS,
      name: 'caption',
      api: 'qwen-vl',
      baseUrl: 'https://caption.test',
      model: 'qwen-caption-special',
      headers: {},
      insecure: false,
      assumed: [],
    },
  ],
};

/** @param output `s3://bucket/prefix/` */
export function madeSpec(output: string): RunSpec {
  const input = { uri: s3Uri({ bucket: MADE_INPUT.bucket, key: MADE_INPUT.prefix }) };
  return parseSpec({ dataset: 'bench', input, output: { uri: output }, tasks: [{ id: 'caption', kind: 'caption' }] });
}

function madeRecord(run: MadeRun, n: number): TileRecord {
  const { runId, startedAtMs } = run.askedBy(n);
  const asked = { ...recordAt(n), key: madeKey(n), etag: madeEtag(n), run_id: runId, created_at: isoText(startedAtMs + n) };
  return runId === run.runId ? asked : takenOver(asked, { runId: run.runId, dataset: 'bench', taskId: 'caption' });
}

function indexLine(run: MadeRun, n: number): IndexLine {
  if (run.withParts) return indexLineOf(madeRecord(run, n));
  const place = { key: madeKey(n), bucket: MADE_INPUT.bucket, task_id: 'caption', etag: madeEtag(n) };
  return { ...place, code: run.failed(n) ? 'timeout' : null, at: run.askedBy(n).startedAtMs + n };
}

interface Writing {
  readonly store: ObjectStore;
  readonly ref: RunRef;
  readonly run: MadeRun;
}

interface Range {
  readonly range: number;
  readonly from: number;
  readonly to: number;
}

function rangesOf({ tiles: [from, to] }: MadeRun, { rangeTiles }: Run): Range[] {
  const count = Math.ceil((to - from) / rangeTiles);
  return Array.from({ length: count }, (_, range) => {
    const start = from + range * rangeTiles;
    return { range, from: start, to: Math.min(to, start + rangeTiles) };
  });
}

function bodyOf({ from, to }: Range, lineOf: (n: number) => object): Buffer {
  const text = (n: number): Buffer => Buffer.from(`${JSON.stringify(lineOf(n))}\n`);
  return Buffer.concat(Array.from({ length: to - from }, (_, at) => text(from + at)));
}

function partOf(path: string, body: Uint8Array, { from, to }: Range): Part {
  return { path, bytes: body.byteLength, lines: to - from, sha256: createHash('sha256').update(body).digest('hex') };
}

async function writeIndex({ store, ref, run }: Writing, range: Range): Promise<IndexPart> {
  const path = OUTPUT_PATHS.indexPart(run.runId, range.range);
  const body = bodyOf(range, (n) => indexLine(run, n));
  await store.put(inOutput(ref, path), body);
  const bound = (n: number): IndexPart['first'] => ({ key: madeKey(n), bucket: MADE_INPUT.bucket });
  return { ...partOf(path, body, range), range: range.range, first: bound(range.from), last: bound(range.to - 1) };
}

async function writePart({ store, ref, run }: Writing, range: Range): Promise<Part> {
  const path = PATHS.recordPart('caption', range.range);
  const body = bodyOf(range, (n) => madeRecord(run, n));
  await store.put(inRun(ref, path), body);
  return partOf(path, body, range);
}

function manifestOf(run: MadeRun, { parts, index }: Pick<RunManifest, 'parts' | 'index'>): RunManifest {
  const { runId, startedAtMs, tiles } = run;
  const inputs = tiles[1] - tiles[0];
  const failed = Array.from({ length: inputs }, (_, at) => tiles[0] + at).filter(run.failed).length;
  const times = { started_at: isoText(startedAtMs), ended_at: isoText(startedAtMs + HOUR_MS) };
  const balance = { inputs, tasks: 1, expected: inputs, ok: inputs - failed, failed, skipped: 0, unfinished: 0 };
  const rest = { ignored: IGNORED_NONE, harvest: NOTHING_HARVESTED, owed: null, window_ended: false, missing: [], parts, index };
  return { schema_version: 1, run_id: runId, dataset: 'bench', state: 'complete', ...times, ...balance, ...rest };
}

function reportOf(run: MadeRun): object {
  const latency_ms = { count: run.tiles[1] - run.tiles[0], p50: 5_700, p95: 10_000, mean: 6_000 };
  return { services: [{ service: 'caption', model: 'qwen-caption-special', jobs: latency_ms.count, latency_ms }] };
}

/** What is left to be read of the log of a strand that is done: the end of its last slice. */
async function writeLogs(store: ObjectStore, ref: RunRef, { lanes }: Run): Promise<void> {
  const attempt = { execution: 1, turn: 1, attempt: 1 };
  for (const { service, strands } of lanes) {
    for (let strand = 0; strand < strands; strand += 1) {
      const head: SliceHead = { kind: 'slice', n: LAST_SLICE, nonce: 'bench', attempt, state: newStrand(0) };
      await store.put(inRun(ref, PATHS.logObject(service, strand, LAST_SLICE)), `${JSON.stringify(head)}\n`);
    }
  }
}

/** Writes everything of a finished run that a plan and the current view read. @param output `s3://bucket/prefix/` */
export async function writeMadeRun(store: ObjectStore, output: string, run: MadeRun): Promise<void> {
  const { runId, startedAtMs, withParts } = run;
  const ref = { ...runPlace(output, runId), runId };
  const opened = newRun({ spec: madeSpec(output), runId, startedAt: isoText(startedAtMs) }, MADE_CONFIGURATION);
  const put = (path: string, document: object) => store.put(inRun(ref, path), JSON.stringify(document));
  const [parts, index]: [Part[], IndexPart[]] = [[], []];
  for (const range of rangesOf(run, opened)) {
    if (withParts) parts.push(await writePart({ store, ref, run }, range));
    index.push(await writeIndex({ store, ref, run }, range));
  }
  if (run.withLogs === true) await writeLogs(store, ref, opened);
  await put(PATHS.run, runDocument(opened, { specSha256: '', gpus: MADE_CONFIGURATION.gpus, versions: {} }));
  await put(PATHS.reportJson, reportOf(run));
  await put(PATHS.manifest, manifestOf(run, { parts, index }));
}
