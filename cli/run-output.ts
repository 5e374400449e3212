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

/** Outputs of many runs, read over one connection. */
export interface RunOutputs {
  /** @param uri `s3://…/run=<id>/` @throws Failure `InvalidSpec` where it is no such address. */
  of(uri: string): RunOutput;
  close(): Promise<void>;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error as Error & { problem?: string }).problem === 'missing';
}

function placeOfRun(uri: string): RunPlace {
  const folder = runFolder(uri);
  if (folder === null) throw new Failure('InvalidSpec', `${uri} is not the address of a run; expected s3://bucket/…/run=<id>/.`);
  return folder.place;
}

/** @param uri `s3://…/run=<id>/` @throws Failure `InvalidSpec` where it is no such address. */
export function openOutput(uri: string): RunOutput {
  return reader(uri, placeOfRun(uri));
}

export function openOutputs(): RunOutputs {
  const opening = openStores();
  return { of: (uri) => reader(uri, placeOfRun(uri), opening), close: async () => (await opening).close() };
}

/** @param uri `s3://…/`, of a current view. */
export function openFolder(uri: string): RunOutput {
  const { bucket, key: prefix } = parseS3Uri(uri) ?? { bucket: '', key: '' };
  return reader(uri, { bucket, prefix });
}

// The library is half the time that a command takes to start.
async function openStores() {
  const { createObjectStores } = await import('../adapters/s3/store.ts');
  return createObjectStores();
}

function reader(uri: string, place: RunPlace, opening = openStores()): RunOutput {
  const read = async (path: string): Promise<string> => {
    const chunks: Uint8Array[] = [];
    const store = (await opening).output({});
    for await (const chunk of await store.get(inRun(place, path), { maxBytes: MOST_BYTES })) chunks.push(chunk);
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
      return store.get(inRun(place, path), signal === undefined ? {} : { signal });
    },
    close: async () => (await opening).close(),
  };
}

/** @returns what `read` finds in a run's output; null where it cannot be read from here. */
export async function readableFromHere<Found>(uri: string, read: (output: RunOutput) => Promise<Found>): Promise<Found | null> {
  const output = openOutput(uri);
  try {
    return await read(output);
  } catch {
    return null;
  } finally {
    await output.close();
  }
}
