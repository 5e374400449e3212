import { TASK_KINDS, type TaskKind } from './spec.ts';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

const S3_URI = /^s3:\/\/([^/]+)\/?(.*)$/su;

/** @returns bucket and key of `s3://bucket/key`, or null where the text is no such address. */
export function parseS3Uri(uri: string): S3Location | null {
  const [, bucket, key] = S3_URI.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? null : { bucket, key };
}

/** @returns `s3://bucket/key`, the key as it is. */
export function s3Uri(at: S3Location): string {
  return `s3://${at.bucket}/${at.key}`;
}

const PART_DIGITS = 5;
const LOG_DIGITS = 8;

function part(folder: string, range: number): string {
  return `${folder}/part-${String(range).padStart(PART_DIGITS, '0')}.jsonl`;
}

/** Every path below `run=<id>/`; nothing else writes a name. */
export const PATHS = {
  run: 'run.json',
  manifestPart: (range: number) => part('manifest', range),
  recordPart: (kind: TaskKind, range: number) => part(TASK_KINDS[kind].folder, range),
  errorPart: (range: number) => part('errors', range),
  manifest: 'manifest.json',
  reportJson: 'report.json',
  reportHtml: 'report.html',
  success: '_SUCCESS',
  /** What was frozen: parts of the manifest, counts, what was ignored. */
  frozen: '_work/frozen.json',
  /** How far a listing had come when part `range` was full. */
  listed: (range: number) => `_work/listed/part-${String(range).padStart(PART_DIGITS, '0')}.json`,
  /** Written when a run is opened, to see that nothing is ever replaced. */
  probe: (nonce: string) => `_work/probe/${nonce}`,
  /** What closed runs of the same output had left: which objects hold it. */
  harvest: '_work/harvest.json',
  /** Records taken over for a range, by one attempt of the harvest; `pass`: of which of its readings. */
  harvestedPart: (at: HarvestPlace, pass: number) =>
    `_work/harvest/${at.nonce}/${at.lane}/part-${String(at.range).padStart(PART_DIGITS, '0')}.${pass}.jsonl`,
  harvestedLines: (at: HarvestPlace) =>
    `_work/harvest/${at.nonce}/${at.lane}/covered-${String(at.range).padStart(PART_DIGITS, '0')}.json`,
  harvestedStrand: (at: { nonce: string; lane: string; strand: number }) =>
    `_work/harvest/${at.nonce}/${at.lane}/strand-${at.strand}.json`,
  merged: (range: number) => `_work/merged/part-${String(range).padStart(PART_DIGITS, '0')}.json`,
  strandLog: (lane: string, strand: number) => `_work/${lane}/${strand}/`,
  logObject: (lane: string, strand: number, n: number) => `_work/${lane}/${strand}/${String(n).padStart(LOG_DIGITS, '0')}.jsonl`,
  callsObject: (at: CallsPlace) => `_work/${at.lane}/${at.strand}/${String(at.n).padStart(LOG_DIGITS, '0')}.calls.${at.k}.jsonl`,
} as const;

/** Which calls object: the k-th beside the intents `n` of a strand. */
export interface CallsPlace {
  readonly lane: string;
  readonly strand: number;
  readonly n: number;
  readonly k: number;
}

/** Which range of which lane, as one attempt of the harvest wrote it. */
export interface HarvestPlace {
  readonly nonce: string;
  readonly lane: string;
  readonly range: number;
}

/** Where a run's objects are. */
export interface RunPlace {
  readonly bucket: string;
  /** `<output prefix>run=<id>/` */
  readonly prefix: string;
}

/** @param outputUri `s3://bucket/prefix/`, with its slash. @throws RangeError where it is not such an address. */
export function runPlace(outputUri: string, runId: string): RunPlace {
  const at = parseS3Uri(outputUri);
  if (at === null) throw new RangeError(`not an S3 address: ${outputUri}`);
  return { bucket: at.bucket, prefix: `${at.key}run=${runId}/` };
}

const RUN_FOLDER = /run=([^/]+)\/$/u;

/** @returns the run id of a key that ends in `run=<id>/`; null for any other. */
export function runIdOfFolder(key: string): string | null {
  return RUN_FOLDER.exec(key)?.[1] ?? null;
}

/** @returns the location of a path of {@link PATHS} in a run. */
export function inRun(run: RunPlace, path: string): S3Location {
  return { bucket: run.bucket, key: run.prefix + path };
}

const LOG_NAME = /\/(\d{8})(?:\.calls\.(\d+))?\.jsonl$/u;

/** @returns n of a log object, and k where it is a calls object; null for any other key. */
export function parseLogKey(key: string): { n: number; k: number | null } | null {
  const [, n, k] = LOG_NAME.exec(key) ?? [];
  return n === undefined ? null : { n: Number(n), k: k === undefined ? null : Number(k) };
}
