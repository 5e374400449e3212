import { holdsSecret, shownAddress } from './shown-address.ts';
import { TASK_KINDS, type TaskKind } from './spec.ts';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** A bucket has no user, no password and no query; a date that is yet to be filled in may have a colon. */
const S3_URI = /^s3:\/\/((?:[^/@:?#{]|\{[^/}]*\})+)(?:\/(.*))?$/su;

/** @returns bucket and key of `s3://bucket/key`, or null where the text is no such address. */
export function parseS3Uri(uri: string): S3Location | null {
  const [, bucket, key = ''] = S3_URI.exec(uri) ?? [];
  return bucket === undefined ? null : { bucket, key };
}

/** @returns bucket and key of an address that somebody has written, or null where it is none, or lets others in. */
export function givenS3Uri(uri: string): S3Location | null {
  return holdsSecret(uri) ? null : parseS3Uri(uri);
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

const RANGE_OF_PART = /\/part-(\d+)\.jsonl$/u;

/** @returns the range of a part of a run; null for any other path. */
export function rangeOfPart(path: string): number | null {
  const range = RANGE_OF_PART.exec(path)?.[1];
  return range === undefined ? null : Number(range);
}

/** @returns how many ranges have a part among these paths of a run. */
export function rangesWithParts(paths: readonly string[]): number {
  return new Set(paths.map(rangeOfPart).filter((range) => range !== null)).size;
}

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
  if (at === null) throw new RangeError(`not an S3 address: ${shownAddress(outputUri)}`);
  return { bucket: at.bucket, prefix: `${at.key}run=${runId}/` };
}

const RUN_FOLDER = /run=([^/]+)\/$/u;

/** @returns the run id of a key that ends in `run=<id>/`; null for any other. */
export function runIdOfFolder(key: string): string | null {
  return RUN_FOLDER.exec(key)?.[1] ?? null;
}

/** Where the objects are that belong to an output as a whole, below its prefix. */
export const OUTPUT_PATHS = {
  /** A range of a run's index. Readers of tables pass over folders that begin with "_". */
  indexPart: (runId: string, range: number) => part(`current/_index/run=${runId}`, range),
  /** Which tiles a run of events asks about. */
  intakeList: (runId: string) => `current/_intake/${runId}.jsonl`,
  /** Which runs of events are open: replaced while it is as it was read. */
  intakeRegister: (name: string) => `current/_intake/${name}.json`,
  /** The current view; its parts are below it, see {@link currentPartPath}. */
  current: 'current/',
  /** Replaced while it is as it was read. Alone in its folder, so that the folder is a table. */
  pointer: 'current/pointer/current.json',
  /** Written only by a store that replaces what it should not. */
  pointerProbe: (nonce: string) => `current/_probe/${nonce}`,
} as const;

/** Which part of the current view: the `n`-th of an update that makes a generation. */
export interface CurrentPartPlace {
  readonly folder: string;
  readonly generation: number;
  readonly n: number;
  /** Hex; of no other update. */
  readonly nonce: string;
}

/** @returns the path of a part of the current view, below `current/`. */
export function currentPartPath({ folder, generation, n, nonce }: CurrentPartPlace): string {
  const counted = `${String(generation).padStart(LOG_DIGITS, '0')}-${String(n).padStart(PART_DIGITS, '0')}`;
  return `${folder}/part-${counted}-${nonce}.jsonl`;
}

const CURRENT_PART = /^([a-z]+)\/part-\d{8,}-\d{5,}-[0-9a-f]+\.jsonl$/u;

/** @returns whether a path below `current/` is that of a part, of this version of the view or another. */
export function isCurrentPart(path: string): boolean {
  const folder = CURRENT_PART.exec(path)?.[1];
  return Object.values(TASK_KINDS).some((kind) => kind.folder === folder);
}

/** @returns the location of a path of {@link OUTPUT_PATHS} in the output of a run. */
export function inOutput({ bucket, prefix }: RunPlace, path: string): S3Location {
  return { bucket, key: prefix.replace(RUN_FOLDER, '') + path };
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
