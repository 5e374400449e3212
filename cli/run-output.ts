import { createObjectStores } from '../adapters/s3/store.ts';
import { Failure } from '../domain/failure.ts';
import { inRun, parseS3Uri, type RunPlace } from '../domain/layout.ts';

/** The objects of a run, read with the command's own credentials. */
export interface RunOutput {
  readonly uri: string;
  /** Null where it is not there. */
  text(path: string): Promise<string | null>;
  /** The first bytes of it, up to the last whole line. */
  firstLines(path: string, bytes: number): Promise<string[]>;
  close(): void;
}

const MOST_BYTES = 64 * 1_024 * 1_024;
const RUN_FOLDER = /^(.*\/)?run=([^/]+)\/?$/su;

/** @returns the run that `s3://…/run=<id>/` names; null of any other text. */
export function runFolder(text: string): { readonly runId: string; readonly place: RunPlace } | null {
  const at = parseS3Uri(text);
  const [, before = '', runId] = RUN_FOLDER.exec(at?.key ?? '') ?? [];
  return at === null || runId === undefined ? null : { runId, place: { bucket: at.bucket, prefix: `${before}run=${runId}/` } };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error as Error & { problem?: string }).problem === 'missing';
}

/** @param uri `s3://…/run=<id>/` @throws Failure `InvalidSpec` where it is no such address. */
export function openOutput(uri: string): RunOutput {
  const folder = runFolder(uri);
  if (folder === null) throw new Failure('InvalidSpec', `${uri} is not the address of a run; expected s3://bucket/…/run=<id>/.`);
  const stores = createObjectStores();
  const store = stores.output({});
  const read = async (path: string, bytes: number): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const whole = bytes === Infinity ? { maxBytes: MOST_BYTES } : {};
    for await (const chunk of await store.get(inRun(folder.place, path), whole)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= bytes) break;
    }
    return Buffer.concat(chunks);
  };
  const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
  return {
    uri,
    text: (path) => orNull(read(path, Infinity).then((all) => all.toString())),
    firstLines: async (path, bytes) => ((await orNull(read(path, bytes)))?.toString() ?? '').split('\n').slice(0, -1),
    close: () => stores.close(),
  };
}
