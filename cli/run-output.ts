import { Failure } from '../domain/failure.ts';
import { inRun, parseS3Uri, type RunPlace } from '../domain/layout.ts';

/** The objects of a run, read with the command's own credentials. */
export interface RunOutput {
  readonly uri: string;
  /** Null where it is not there. */
  text(path: string): Promise<string | null>;
  /** As it arrives. @throws ObjectStoreError, also where it is not there */
  bytes(path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
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
  // The library is half the time that a command takes to start.
  const opening = import('../adapters/s3/store.ts').then(({ createObjectStores }) => createObjectStores());
  const read = async (path: string): Promise<string> => {
    const chunks: Uint8Array[] = [];
    const store = (await opening).output({});
    for await (const chunk of await store.get(inRun(folder.place, path), { maxBytes: MOST_BYTES })) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return {
    uri,
    text: async (path) => {
      try {
        return await read(path);
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    bytes: async (path, signal) => {
      const store = (await opening).output({});
      return store.get(inRun(folder.place, path), signal === undefined ? {} : { signal });
    },
    close: async () => (await opening).close(),
  };
}
