import { putOnce } from '../activities/put-once.ts';
import { readIfThere } from '../activities/read-object.ts';
import { Failure } from '../domain/failure.ts';
import { intakeListAt, intakeListText, type BatchTile } from '../domain/intake-batch.ts';
import { s3Uri } from '../domain/layout.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Which tiles a run of events asks about: an object that is put once. */
export interface ListPlace {
  readonly outputUri: string;
  readonly runId: string;
}

/** @throws ObjectStoreError, Failure `Internal` where another list has its name. */
export async function putTileList(store: ObjectStore, place: ListPlace, tiles: readonly BatchTile[]): Promise<void> {
  const at = intakeListAt(place.outputUri, place.runId);
  if ((await putOnce(store, at, Buffer.from(intakeListText(tiles)))) === 'written') return;
  throw new Failure(
    'Internal',
    `${s3Uri(at)} is not the list that this intake makes of the same events; remove it and start again.`,
  );
}

interface ListLine extends Omit<BatchTile, 'versionId'> {
  readonly version_id: string | null;
}

/** @returns the tiles of a list; null where there is none. */
export async function readTileList(store: ObjectStore, { outputUri, runId }: ListPlace): Promise<readonly BatchTile[] | null> {
  const bytes = await readIfThere(store, intakeListAt(outputUri, runId));
  if (bytes === null) return null;
  const lines = Buffer.from(bytes).toString().split('\n').slice(0, -1);
  return lines.map((line) => {
    const { version_id: versionId, ...tile } = JSON.parse(line) as ListLine;
    return { ...tile, versionId };
  });
}
