import type { RunClient } from '../adapters/temporal/run-client.ts';
import { Failure } from '../domain/failure.ts';
import type { RunStatus } from '../domain/progress.ts';
import { openOutput, runFolder } from './run-output.ts';
import { readStoredStatus } from './stored-run.ts';

/** A run as it is named on the command line: by its id, or by where its output is. */
export interface RunTarget {
  readonly runId: string;
  /** `s3://…/run=<id>/`, where the run was named so. */
  readonly uri: string | null;
}

export const RUN_ARGUMENT = 'a run id, or s3://…/run=<id>/ (Temporal forgets ended runs, S3 does not)';

/** @throws Failure `InvalidSpec` where nothing is named, or an address that is not that of a run. */
export function runTarget(text: string): RunTarget {
  if (text.trim() === '') throw new Failure('InvalidSpec', `No run is named: the argument is empty; expected ${RUN_ARGUMENT}.`);
  if (!text.startsWith('s3://')) return { runId: text, uri: null };
  const folder = runFolder(text);
  if (folder === null) throw new Failure('InvalidSpec', `${text} is not the address of a run; expected s3://bucket/…/run=<id>/.`);
  return { runId: folder.runId, uri: text.endsWith('/') ? text : `${text}/` };
}

/** @returns how a run ended, from its manifest.json; null where it has none, or was named by its id alone. */
export async function endedInS3({ uri }: RunTarget): Promise<RunStatus | null> {
  if (uri === null) return null;
  const output = openOutput(uri);
  try {
    return await readStoredStatus(output);
  } finally {
    await output.close();
  }
}

/** Does something with a client, which is closed afterwards. Its libraries take half a second to load: `--help` need not. */
export async function withRunClient<T>(work: (client: RunClient) => Promise<T>): Promise<T> {
  const { openRunClient } = await import('../adapters/temporal/run-client.ts');
  const client = await openRunClient();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
