import { createHash } from 'node:crypto';
import { exportedBytes, type Exported } from '../cli/export-records.ts';
import type { RunOutput } from '../cli/run-output.ts';
import type { TileRecord } from '../domain/record.ts';
import { NOTHING_HARVESTED, type Part, type RunManifest } from '../domain/run.ts';
import { IGNORED_NONE, NO_FACTS } from '../domain/tile.ts';
import { MIB, SECOND_MS } from '../domain/units.ts';
import { FORMATS, type FormatName } from '../export/formats.ts';

/** What exporting a run costs: parts that are made up here, to nowhere; neither S3 nor a disk. */

const BATCH = 1_000;
const BATCHES_A_PART = 50;
const SENTENCE = 'A harbour with two piers, "one" of them long; several ships lie at anchor outside, and a road leads inland. ';

/** About 1.8 kB, as the caption of a tile with a place is. */
function recordAt(n: number): TileRecord {
  const id = createHash('sha256').update(String(n)).digest('hex');
  const name = `T32UME_${String(n).padStart(8, '0')}.tif`;
  const [lon, lat] = [(n % 360) - 180, (n % 170) - 85];
  return {
    schema_version: 1,
    run_id: 'bench',
    record_id: id,
    request_sha256: id,
    dataset: 'bench',
    task_id: 'caption',
    kind: 'caption',
    status: 'ok',
    error_code: null,
    error_message: null,
    bucket: 'imagery',
    key: `tiles/2026/03/01/${name}`,
    uri: `s3://imagery/tiles/2026/03/01/${name}`,
    file_name: name,
    etag: id.slice(0, 32),
    version_id: null,
    ...NO_FACTS,
    bbox: [lon, lat, lon + 0.01, lat + 0.01],
    gsd_m: 0.5,
    service: 'caption',
    model: 'qwen-caption-special',
    prompt: 'Describe this satellite image in detail.',
    max_tokens: 512,
    temperature: 0.7,
    text: SENTENCE.repeat(5),
    value: null,
    finish_reason: 'stop',
    suspect_truncated: false,
    completion_tokens: 90,
    call_id: `fc-${n}`,
    attempts: 1,
    latency_ms: 6_000,
    result: null,
    created_at: '2026-03-01T01:02:03.000Z',
  };
}

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
  const rest = { ignored: IGNORED_NONE, harvest: NOTHING_HARVESTED, missing: [], parts };
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
  const work = { output, manifest, format: FORMATS[name], selection: {}, preface: '', signal, progress: () => undefined };
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
