import { parseLogKey } from '../../domain/layout.ts';
import type { CallLine, Intent, LogHead } from '../../domain/log.ts';
import type { Bucket } from './bucket.ts';
import { runPaths } from './run-reader.ts';

/** One object of a strand's log, with what was written beside it. */
export interface LogObject {
  readonly n: number;
  readonly head: LogHead;
  /** Of an intents object, else none. */
  readonly intents: readonly Intent[];
  readonly calls: readonly CallLine[];
}

interface Read {
  readonly path: string;
  readonly lines: readonly string[];
}

function logObjects(read: readonly Read[]): LogObject[] {
  const all = read.flatMap(({ path, lines }) => {
    const named = parseLogKey(`/${path}`);
    return named === null ? [] : [{ ...named, lines }];
  });
  return all
    .filter(({ k }) => k === null)
    .map(({ n, lines }) => {
      const beside = all.filter((other) => other.n === n && other.k !== null);
      const calls = beside.flatMap((other) => other.lines.slice(1).map((line) => JSON.parse(line) as CallLine));
      const head = JSON.parse(lines[0] ?? 'null') as LogHead;
      const intents = head.kind === 'intents' ? lines.slice(1).map((line) => JSON.parse(line) as Intent) : [];
      return { n, head, intents, calls };
    })
    .toSorted((a, b) => a.n - b.n);
}

/** @returns the log of a strand, in its order. */
export async function readLog(bucket: Bucket, runId: string, strand: string): Promise<LogObject[]> {
  const paths = await runPaths(bucket, runId, `_work/${strand}/`);
  const bodies = await bucket.getAll(paths.map((path) => `out/run=${runId}/${path}`));
  const read = bodies.map((bytes, at): Read => {
    const lines = Buffer.from(bytes).toString('utf8').split('\n');
    return { path: paths[at] ?? '', lines: lines.filter((line) => line !== '') };
  });
  return logObjects(read);
}

/** @returns the logs of all strands of a run, by the service that they ask. */
export async function readLogs(bucket: Bucket, runId: string): Promise<ReadonlyMap<string, readonly LogObject[][]>> {
  const strands = (await runPaths(bucket, runId, '_work/')).flatMap((path) => /^_work\/([^/]+\/\d+)\//u.exec(path)?.[1] ?? []);
  const logs = new Map<string, LogObject[][]>();
  for (const strand of new Set(strands)) {
    const service = strand.split('/')[0] ?? '';
    logs.set(service, [...(logs.get(service) ?? []), await readLog(bucket, runId, strand)]);
  }
  return logs;
}

/** @returns intents of which nobody wrote what became of them: whether they are jobs was never known. */
export function doubtfulIntents(log: readonly LogObject[]): number {
  return log.reduce((sum, { intents, calls }) => sum + intents.length - new Set(calls.map(({ i }) => i)).size, 0);
}
