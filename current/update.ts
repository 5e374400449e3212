import { seenRuns, seenSince, type CurrentView, type SeenRun } from '../domain/current.ts';
import { Failure } from '../domain/failure.ts';
import { readEndedRun } from './ended-runs.ts';
import type { Line } from './line.ts';
import { mergeView, type MergedView } from './merge.ts';
import type { CurrentPorts, EndedRun } from './ports.ts';
import { boundsOf, newestLines, notOutdone, runLines, soundLines } from './run-lines.ts';
import { readView, refuseBlindStore, switchView, type ReadView, viewOf } from './view.ts';
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

/** Runs that the view has seen and that began after this one; those of which nothing is there any more are left out. */
async function laterRuns({ store }: CurrentPorts, view: CurrentView, run: EndedRun): Promise<EndedRun[]> {
  const later = seenSince(view.runs, seen(run));
  const found = await Promise.all(later.map(({ run_id }) => readEndedRun(store, run.place, run_id).catch(ifDamaged)));
  return found.flatMap((one) => one ?? []);
}

function ifDamaged(error: unknown): null {
  if (error instanceof Failure || error instanceof SyntaxError || error instanceof TypeError) return null;
  throw error;
}

/** Puts the records of a run into a view that nobody sees yet; see {@link mergeView}. */
export async function mergeRun(ports: CurrentPorts, view: CurrentView, run: EndedRun): Promise<MergedView> {
  const { store } = ports;
  const later = await laterRuns(ports, view, run);
  const within = boundsOf(run);
  const linesOf = (folder: string): AsyncGenerator<Line> => {
    const lines = runLines({ store, run, folder, within: null });
    if (later.length === 0) return lines;
    const theirs = later.map((other) => soundLines(runLines({ store, run: other, folder, within })));
    return notOutdone(lines, newestLines(theirs));
  };
  return mergeView(ports, { place: run.place, view, generation: view.generation + 1, linesOf });
}

/** @returns null where somebody else was first. */
async function attempt(ports: CurrentPorts, run: EndedRun, { view, etag }: ReadView): Promise<Omit<Updated, 'lost'> | null> {
  const { parts, won } = await mergeRun(ports, view, run);
  const known = view.runs.some(({ run_id, started_at }) => run_id === run.runId && started_at === run.startedAt);
  if (known && won === 0) return { generation: view.generation, switched: false, won };
  const generation = view.generation + 1;
  const next = viewOf(ports, { generation, runs: seenRuns(view.runs, [seen(run)]), parts });
  return (await switchView(ports, run.place, { view: next, etag })) === 'switched' ? { generation, switched: true, won } : null;
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
  for (let lost = 0; ; lost += 1) {
    const updated = await attempt(ports, run, await readView(ports.pointers, run.place));
    if (updated !== null) return { ...updated, lost };
    await waitBeforeRetry(ports, lost);
  }
}
