import { seenRuns, type CurrentView, type SeenRun } from '../domain/current.ts';
import { sum } from '../domain/units.ts';
import { ifDamaged, readEndedRuns } from './ended-runs.ts';
import { laterRuns, notOutdone } from './later-runs.ts';
import type { Line } from './line.ts';
import { mergeView, type MergedView } from './merge.ts';
import type { CurrentPorts, EndedRun } from './ports.ts';
import { runLines } from './run-lines.ts';
import { readView, refuseBlindStore, switchView, viewOf } from './view.ts';
import { waitBeforeRetry } from './wait.ts';

/** What an update came to. */
export interface Updated {
  /** Of the view that has the run's records. */
  readonly generation: number;
  /** False where the view had seen the run, and had everything. */
  readonly switched: boolean;
  /** Records of the run that are new or newer. */
  readonly won: number;
  /** How often somebody else was first. */
  readonly lost: number;
}

/** @returns a run as a view names it. */
export function seen({ runId, startedAt }: EndedRun): SeenRun {
  return { run_id: runId, started_at: startedAt };
}

/** Puts the records of a run into a view that nobody sees yet; see {@link mergeView}. */
export async function mergeRun(ports: CurrentPorts, view: CurrentView, run: EndedRun): Promise<MergedView> {
  const { store } = ports;
  const later = await laterRuns(ports, view, run);
  const linesOf = (folder: string): AsyncGenerator<Line> => {
    const lines = runLines({ store, run, folder });
    return later.length === 0 ? lines : notOutdone(ports, lines, { runs: later, folder });
  };
  return mergeView(ports, { place: run.place, view, generation: view.generation + 1, linesOf });
}

/** Puts more runs into a view that nobody sees yet, one after the other. */
export async function withRuns(ports: CurrentPorts, view: CurrentView, runs: readonly EndedRun[]): Promise<CurrentView> {
  let made = view;
  for (const run of runs) {
    const { parts } = await mergeRun(ports, made, run);
    made = { ...made, runs: seenRuns(made.runs, [seen(run)]), parts };
  }
  return made;
}

/** A view with a run that nobody sees yet. */
interface Made {
  readonly run: EndedRun;
  /** The view that was there. */
  readonly from: CurrentView;
  readonly view: CurrentView;
  readonly won: number;
}

async function madeFrom(ports: CurrentPorts, run: EndedRun, from: CurrentView): Promise<Made> {
  const { parts, won } = await mergeRun(ports, from, run);
  return { run, from, view: { ...from, runs: seenRuns(from.runs, [seen(run)]), parts }, won };
}

/** @returns those of `runs` that a view has not seen. */
function unseen(runs: readonly SeenRun[], view: CurrentView): SeenRun[] {
  const begins = new Map(view.runs.map(({ run_id, started_at }) => [run_id, started_at]));
  return runs.filter(({ run_id, started_at }) => begins.get(run_id) !== started_at);
}

function bytesOf({ parts }: EndedRun): number {
  return sum(parts.map(({ bytes }) => bytes));
}

/** Whether a view still has parts of an earlier one that are not named any more: somebody made it again without them. */
function hasLeft({ from, view }: Made, there: CurrentView): boolean {
  const named = new Set(there.parts.map(({ path }) => path));
  const left = new Set(from.parts.map(({ path }) => path).filter((path) => !named.has(path)));
  return view.parts.some(({ path }) => left.has(path));
}

/**
 * Adds to a view what the one that is there has seen meanwhile: a long run would never be first if it were merged again
 * each time that a short one was.
 * @returns null where the run is better merged again: as what was seen meanwhile is more than the run itself, or as the
 * view that is there is not the earlier one and some runs
 */
async function caughtUp(ports: CurrentPorts, made: Made, there: CurrentView): Promise<Made | null> {
  const { run } = made;
  if (unseen([seen(run)], there).length === 0 || unseen(made.from.runs, there).length > 0) return null;
  const missing = unseen(there.runs, made.view);
  try {
    const runs = await readEndedRuns(ports.store, run.place, missing);
    if (runs.length < missing.length || sum(runs.map(bytesOf)) >= bytesOf(run)) return null;
    const next = { ...made, view: await withRuns(ports, { ...made.view, generation: there.generation }, runs) };
    return hasLeft(next, there) ? null : { ...next, from: there };
  } catch (error) {
    // What is damaged of another run is not for this one to fail of.
    return ifDamaged(error);
  }
}

/**
 * Puts the good records of a run that has ended into the current view of its output. To do it again changes nothing.
 * Nothing is removed: whoever reads by an earlier pointer still finds its parts.
 *
 * It does not end before the run is in the view, however often others are first; the signal ends it.
 * @throws Failure `Internal` where a part of view or run is damaged, `InvalidConfiguration` where the store does not know
 * the condition; ObjectStoreError; what the signal was aborted with
 */
export async function updateCurrent(ports: CurrentPorts, run: EndedRun): Promise<Updated> {
  await refuseBlindStore(ports, run.place);
  let made: Made | null = null;
  for (let lost = 0; ; lost += 1) {
    const { view, etag } = await readView(ports.pointers, run.place);
    made = (made && (await caughtUp(ports, made, view))) ?? (await madeFrom(ports, run, view));
    const { won } = made;
    if (won === 0 && unseen([seen(run)], view).length === 0) return { generation: view.generation, switched: false, won, lost };
    const next = viewOf(ports, { ...made.view, generation: view.generation + 1 });
    const switched = await switchView(ports, run.place, { view: next, etag });
    if (switched === 'switched') return { generation: next.generation, switched: true, won, lost };
    await waitBeforeRetry(ports, lost);
  }
}
