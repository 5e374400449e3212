import { inOutput, OUTPUT_PATHS, runPlace, s3Uri, type S3Location } from './layout.ts';
import { compareUtf8 } from './merge-order.ts';
import { isNoLater, type ObjectEvent } from './object-event.ts';
import { specIdentity, type RunSpec } from './spec.ts';

/** A batch of events becomes a run: its id, its list of tiles and its spec follow from the tiles alone. */

/** A version of an object that is to be asked about. */
export type BatchTile = Pick<ObjectEvent, 'bucket' | 'key' | 'etag' | 'versionId' | 'sequencer'>;

const ID_DIGITS = 16;

function inOrder(tiles: readonly BatchTile[]): BatchTile[] {
  return tiles.toSorted((a, b) => compareUtf8(a.key, b.key) || compareUtf8(a.bucket, b.bucket));
}

/** What a run of events is made of. */
export interface Batch {
  readonly tiles: readonly BatchTile[];
  readonly spec: RunSpec;
  /** How many runs of the same tiles were cancelled before they had any: these ids are used up. */
  readonly cancelled: number;
}

/**
 * The sequencer is part of it: an object that is put again with the bytes it had before is a new event, and a run of its
 * own finds that nothing is to be asked. So is what is asked: another spec needs other runs.
 *
 * @returns the text whose SHA-256 is in the run id: the same for the same events, in whatever order they came.
 */
export function batchIdText({ tiles, spec, cancelled }: Batch): string {
  const rows = inOrder(tiles).map(({ bucket, key, etag, versionId, sequencer }) => [bucket, key, versionId ?? etag, sequencer]);
  return JSON.stringify(['i1', specIdentity(spec), ...rows, ...(cancelled === 0 ? [] : [cancelled])]);
}

/** @param sha256 of {@link batchIdText}, hex. */
export function intakeRunId(dataset: string, sha256: string): string {
  return `${dataset}-intake-${sha256.slice(0, ID_DIGITS)}`;
}

/** @returns where the list of a run's tiles is. @param outputUri `s3://…/` */
export function intakeListAt(outputUri: string, runId: string): S3Location {
  return inOutput(runPlace(outputUri, runId), OUTPUT_PATHS.intakeList(runId));
}

/** @returns the list of a batch, one line a tile; a run reads bucket and key. */
export function intakeListText(tiles: readonly BatchTile[]): string {
  return inOrder(tiles)
    .map(({ bucket, key, etag, versionId, sequencer }) =>
      JSON.stringify({ bucket, key, etag, version_id: versionId, sequencer }).concat('\n'),
    )
    .join('');
}

/** @returns the spec of a batch's run: what the filters leave out is not in its list, which is whole. */
export function intakeSpec(spec: RunSpec, runId: string): RunSpec {
  const { include: _include, exclude: _exclude, limit: _limit, sample: _sample, ...input } = spec.input;
  return { ...spec, input: { ...input, uri: s3Uri(intakeListAt(spec.output.uri, runId)) } };
}

/** @returns the text whose SHA-256 names a register: intakes that ask the same of whatever comes share one. */
export function registerIdText(spec: RunSpec): string {
  return specIdentity(intakeSpec(spec, ''));
}

/** @param sha256 of {@link registerIdText}, hex. @returns where the register is. */
export function intakeRegisterAt({ dataset, output }: RunSpec, sha256: string): S3Location {
  const name = `${dataset}-${sha256.slice(0, ID_DIGITS)}`;
  return inOutput(runPlace(output.uri, name), OUTPUT_PATHS.intakeRegister(name));
}

/** What is known of a tile in a run that is open: what its list says, and once it is frozen the etag that it will ask about. */
export interface OwnedTile {
  readonly listed: Pick<BatchTile, 'sequencer'>;
  /** Undefined while the run's input is not frozen; null where the object was not there then. */
  readonly frozenEtag: string | null | undefined;
}

/**
 * A later event may tell of what the run has frozen, of what was there before, or of a change since: nothing says which.
 * Once the run has ended its answers are taken over, whichever it was, so that the event can have a run of its own.
 *
 * @returns what becomes of an event whose object is in an open run: `owned`: the run asks about this version, or about a
 * later one; `wait`: for its input to be frozen, or then for its end.
 */
export function ownership(event: ObjectEvent, { listed, frozenEtag }: OwnedTile): 'owned' | 'wait' {
  if (frozenEtag === undefined) return 'wait';
  return event.etag === frozenEtag || isNoLater(event, listed) ? 'owned' : 'wait';
}
