import type { CurrentPart, CurrentView } from '../domain/current.ts';
import type { RunPlace } from '../domain/layout.ts';
import { TASK_KINDS, type TaskKind } from '../domain/spec.ts';
import { MIB } from '../domain/units.ts';
import { mergeFolder } from './folder.ts';
import { startsOf, type Line } from './line.ts';
import { PartWriter } from './part-writer.ts';
import type { CurrentPorts } from './ports.ts';

/** What is put into which view. */
export interface ViewMerge {
  readonly place: RunPlace;
  readonly view: CurrentView;
  /** Of the view that comes of it. */
  readonly generation: number;
  /** Good records of a folder, in order, one of a place. */
  readonly linesOf: (folder: string) => AsyncGenerator<Line>;
}

/** The parts that come of it, and how many records are new or newer. */
export interface MergedView {
  readonly parts: readonly CurrentPart[];
  readonly won: number;
}

const CUT_BYTES = 16 * MIB;
const BEAT_EVERY = 2_000;

/** Each folder once, with the first kind that has it: several may share one. */
const FOLDERS: readonly (readonly [folder: string, kind: TaskKind])[] = Object.entries(TASK_KINDS)
  .map(([kind, { folder }]) => [folder, kind as TaskKind] as const)
  .filter(([folder], at, all) => all.findIndex(([other]) => other === folder) === at);

async function* watched(lines: AsyncGenerator<Line>, folder: string, { beat, signal }: CurrentPorts): AsyncGenerator<Line> {
  let records = 0;
  for await (const line of lines) {
    signal.throwIfAborted();
    if (records % BEAT_EVERY === 0) beat({ folder, records });
    records += 1;
    yield line;
  }
}

/**
 * Writes the parts that a view lacks for these lines. Nobody sees them until the pointer names them.
 * @throws Failure `Internal` where a part of view or run is damaged; ObjectStoreError; what the signal was aborted with
 */
export async function mergeView(ports: CurrentPorts, { place, view, generation, linesOf }: ViewMerge): Promise<MergedView> {
  const { store, nonce, cutBytes = CUT_BYTES } = ports;
  const source = { store, place, startOf: startsOf(view.runs) };
  let merged: MergedView = { parts: [], won: 0 };
  for (const [folder, kind] of FOLDERS) {
    const parts = view.parts.filter(({ path }) => path.startsWith(`${folder}/`));
    const writer = new PartWriter({ store, place, kind, folder, generation, nonce, cutBytes });
    const candidates = watched(linesOf(folder), folder, ports);
    const into = await mergeFolder({ source, parts, candidates, writer });
    merged = { parts: [...merged.parts, ...into.parts], won: merged.won + into.won };
  }
  return merged;
}
