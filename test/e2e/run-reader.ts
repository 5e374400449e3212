import type { TileRecord } from '../../domain/record.ts';
import type { Run, RunManifest } from '../../domain/run.ts';
import type { Tile } from '../../domain/tile.ts';
import { parseRun } from '../../schema/run.ts';
import type { Bucket } from './bucket.ts';

/** The output of a run, as a data tool finds it. */
export interface RunOutput {
  /** Paths below `run=<id>/`, without those of `_work/`. */
  readonly paths: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly run: Run;
  readonly manifest: RunManifest;
  readonly inputs: readonly Tile[];
  readonly records: readonly TileRecord[];
}

function linesOf<T>(bytes: Uint8Array | undefined): T[] {
  const text = Buffer.from(bytes ?? []).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** @returns the paths below `run=<id>/` that begin so. */
export async function runPaths(bucket: Bucket, runId: string, below = ''): Promise<string[]> {
  const prefix = `out/run=${runId}/`;
  return (await bucket.keys(prefix + below)).map((key) => key.slice(prefix.length));
}

/** Reads everything of a run that is for others. */
export async function readRun(bucket: Bucket, runId: string): Promise<RunOutput> {
  const paths = (await runPaths(bucket, runId)).filter((path) => !path.startsWith('_work/'));
  const read = async (path: string): Promise<[string, Uint8Array]> => [path, await bucket.get(`out/run=${runId}/${path}`)];
  const files = new Map(await Promise.all(paths.map(read)));
  const under = <T>(folders: RegExp): T[] =>
    paths.filter((path) => folders.test(path)).flatMap((path) => linesOf<T>(files.get(path)));
  const json = (path: string): unknown => JSON.parse(Buffer.from(files.get(path) ?? []).toString());
  return {
    paths,
    files,
    run: parseRun(json('run.json'), 'run.json'),
    manifest: json('manifest.json') as RunManifest,
    inputs: under<Tile>(/^manifest\//u),
    records: under<TileRecord>(/^(?:captions|answers|errors)\//u),
  };
}
