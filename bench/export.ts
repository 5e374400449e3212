import { createHash } from 'node:crypto';
import { exportedBytes, type Exported } from '../cli/export-records.ts';
import type { RunOutput } from '../cli/run-output.ts';
import { NOTHING_HARVESTED, type Part, type RunManifest } from '../domain/run.ts';
import { IGNORED_NONE } from '../domain/tile.ts';
import { MIB, SECOND_MS } from '../domain/units.ts';
import { FORMATS, type FormatName } from '../export/formats.ts';
import { recordAt } from './made-record.ts';

/** What exporting a run costs: parts that are made up here, to nowhere; neither S3 nor a disk. */

const BATCH = 1_000;
const BATCHES_A_PART = 50;
/** @returns the same batch of records again and again, as the bytes of one part. */
function madeUp(): { readonly chunk: Buffer; readonly part: Part } {
  const lines = Array.from({ length: BATCH }, (_, n) => `${JSON.stringify(recordAt(n))}\n`);
  const chunk = Buffer.from(lines.join(''));
  const hash = createHash('sha256');
  for (let batch = 0; batch < BATCHES_A_PART; batch += 1) hash.update(chunk);
  const [bytes, count] = [chunk.byteLength * BATCHES_A_PART, BATCH * BATCHES_A_PART];
  return { chunk, part: { path: 'captions/part-00000.jsonl', bytes, lines: count, sha256: hash.digest('hex') } };
}

async function* poured(chunk: Buffer): AsyncGenerator<Uint8Array> {
  const step = MIB / 16;
  for (let batch = 0; batch < BATCHES_A_PART; batch += 1)
    for (let at = 0; at < chunk.byteLength; at += step) yield chunk.subarray(at, at + step);
}

function manifestOf(parts: readonly Part[]): RunManifest {
  const expected = parts.length * BATCH * BATCHES_A_PART;
  const times = { started_at: '2026-03-01T01:00:00.000Z', ended_at: '2026-03-01T02:00:00.000Z' };
  const balance = { inputs: expected, tasks: 1, expected, ok: expected, failed: 0, skipped: 0, unfinished: 0 };
  const rest = {
    ignored: IGNORED_NONE,
    harvest: NOTHING_HARVESTED,
    window_ended: false,
    owed: null,
    missing: [],
    parts,
    index: [],
  };
  return { schema_version: 1, run_id: 'bench', dataset: 'bench', state: 'complete', ...times, ...balance, ...rest };
}

interface Made {
  readonly chunk: Buffer;
  readonly manifest: RunManifest;
}

async function measure(name: FormatName, { chunk, manifest }: Made): Promise<string> {
  const output: RunOutput = {
    uri: 's3://bench/run=bench/',
    text: () => Promise.resolve(null),
    bytes: () => Promise.resolve(poured(chunk)),
    close: () => Promise.resolve(),
  };
  const tally: Exported = { records: 0, leftOut: 0, bytes: 0, sha256: '' };
  const { signal } = new AbortController();
  const source = { output, parts: manifest.parts };
  const work = { source, format: FORMATS[name], selection: {}, preface: '', signal, progress: () => undefined };
  const began = performance.now();
  let highest = 0;
  for await (const written of exportedBytes(work, tally))
    if (written.byteLength > 0) highest = Math.max(highest, process.memoryUsage.rss());
  const seconds = (performance.now() - began) / SECOND_MS;
  const rate = Math.round(tally.records / seconds).toLocaleString('en');
  const [written, memory] = [Math.round(tally.bytes / MIB), Math.round(highest / MIB)];
  return `${name}: ${tally.records.toLocaleString('en')} records in ${seconds.toFixed(1)} s, ${rate} a second; ${written} MiB written, ${memory} MiB of memory at most`;
}

/** @param records rounded up to whole parts of 50,000. */
export async function benchExport({ records }: { readonly records: number }): Promise<void> {
  const { chunk, part } = madeUp();
  const manifest = manifestOf(Array.from({ length: Math.ceil(records / part.lines) }, () => part));
  for (const name of Object.keys(FORMATS) as FormatName[]) process.stdout.write(`${await measure(name, { chunk, manifest })}\n`);
}
