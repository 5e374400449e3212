import { parseLogKey } from '../../domain/layout.ts';
import type { CallLine, LogHead } from '../../domain/log.ts';
import type { Bucket } from './bucket.ts';
import { runPaths } from './run-reader.ts';

/** One object of a strand's log, with what was written beside it. */
export interface LogObject {
  readonly n: number;
  readonly head: LogHead;
  /** Lines after the first. */
  readonly lines: number;
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
      return { n, head: JSON.parse(lines[0] ?? 'null') as LogHead, lines: lines.length - 1, calls };
    })
    .toSorted((a, b) => a.n - b.n);
}

/** @returns the log of a strand, in its order. */
export async function readLog(bucket: Bucket, runId: string, strand: string): Promise<LogObject[]> {
  const paths = await runPaths(bucket, runId, `_work/${strand}/`);
  const read = async (path: string): Promise<Read> => {
    const bytes = await bucket.get(`out/run=${runId}/${path}`);
    const lines = Buffer.from(bytes).toString('utf8').split('\n');
    return { path, lines: lines.filter((line) => line !== '') };
  };
  return logObjects(await Promise.all(paths.map(read)));
}

/** @returns intents of which nobody wrote what became of them: whether they are jobs was never known. */
export function doubtfulIntents(log: readonly LogObject[]): number {
  const intents = log.filter(({ head }) => head.kind === 'intents');
  return intents.reduce((sum, { lines, calls }) => sum + lines - new Set(calls.map(({ i }) => i)).size, 0);
}
