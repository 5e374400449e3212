import { jsonOf } from '../activities/read-object.ts';
import { EMPTY_VIEW, type CurrentPart, type CurrentView, type SeenRun } from '../domain/current.ts';
import { Failure } from '../domain/failure.ts';
import { inOutput, OUTPUT_PATHS, s3Uri, type RunPlace } from '../domain/layout.ts';
import { shellWord } from '../domain/shell-word.ts';
import { isoText, sum } from '../domain/units.ts';
import type { PointerStore, Switched } from '../ports/pointer-store.ts';
import { parseCurrentView } from '../schema/current.ts';
import type { CurrentPorts } from './ports.ts';

/** A view as it was read. */
export interface ReadView {
  readonly view: CurrentView;
  /** Null where there is none yet. */
  readonly etag: string | null;
}

function parsed(bytes: Uint8Array, uri: string): CurrentView {
  try {
    return parseCurrentView(jsonOf(bytes, uri), uri);
  } catch (error) {
    const rebuild = 'Make the current view again with `tilescribe current rebuild`, then repeat this.';
    throw new Failure('Internal', `${uri} is not as tilescribe writes it. ${rebuild}`, { cause: error });
  }
}

/**
 * @param place of the output, or of any of its runs.
 * @returns the current view, or an empty one. @throws Failure `Internal` where it is damaged; ObjectStoreError
 */
export async function readView(pointers: PointerStore, place: RunPlace): Promise<ReadView> {
  const at = inOutput(place, OUTPUT_PATHS.pointer);
  const pointer = await pointers.read(at);
  if (pointer === null) return { view: EMPTY_VIEW, etag: null };
  return { view: parsed(pointer.bytes, s3Uri(at)), etag: pointer.etag };
}

/** @returns the current view. @throws Failure `NotFound` where there is none, `Internal` where it is damaged; ObjectStoreError */
export async function readExistingView(pointers: PointerStore, output: RunPlace): Promise<CurrentView> {
  const { view, etag } = await readView(pointers, output);
  if (etag !== null) return view;
  const uri = s3Uri(inOutput(output, ''));
  throw new Failure(
    'NotFound',
    `${uri} has no current view. Every run that ends there makes one; \`tilescribe current rebuild ${shellWord(uri)}\` makes it of the runs that ended before.`,
  );
}

/** What a view becomes. */
export interface NextView {
  readonly generation: number;
  readonly runs: readonly SeenRun[];
  readonly parts: readonly CurrentPart[];
}

/** @returns a view as it becomes the current one. */
export function viewOf({ clock }: Pick<CurrentPorts, 'clock'>, { generation, runs, parts }: NextView): CurrentView {
  const updated_at = isoText(clock.now());
  const records = sum(parts.map(({ lines }) => lines));
  return { schema_version: 1, generation, updated_at, records, runs, parts };
}

/** Makes a view the current one, unless another has become it since `etag` was read. @throws ObjectStoreError */
export function switchView({ pointers }: CurrentPorts, place: RunPlace, { view, etag }: ReadView): Promise<Switched> {
  // On one line: the folder is a table, a row of which is a line.
  return pointers.replace(inOutput(place, OUTPUT_PATHS.pointer), Buffer.from(`${JSON.stringify(view)}\n`), etag);
}

const NO_ETAG = '0'.repeat(32);

/**
 * Asks the store to replace what is not there, which one that knows the condition refuses.
 * @throws Failure `InvalidConfiguration` where it does not; ObjectStoreError
 */
export async function refuseBlindStore({ pointers, nonce }: CurrentPorts, place: RunPlace): Promise<void> {
  const at = inOutput(place, OUTPUT_PATHS.pointerProbe(nonce()));
  if ((await pointers.replace(at, Buffer.from('This store ignores If-Match.\n'), NO_ETAG)) === 'lost') return;
  throw new Failure(
    'InvalidConfiguration',
    `The store of ${s3Uri(inOutput(place, ''))} wrote where the condition of the write (If-Match) did not hold: two runs that end at once could lose one another's records in the current view. Use Amazon S3 or a store with conditional writes; see \`tilescribe doctor --out\`.`,
  );
}
