import { batches } from '../domain/batches.ts';
import { EMPTY_VIEW, seenRuns, type CurrentView, type SeenRun } from '../domain/current.ts';
import { Failure } from '../domain/failure.ts';
import { inOutput, OUTPUT_PATHS, s3Uri, type RunPlace } from '../domain/layout.ts';
import { endedRuns, readEndedRuns } from './ended-runs.ts';
import type { Line } from './line.ts';
import { mergeView } from './merge.ts';
import type { CurrentPorts, EndedRun } from './ports.ts';
import { newestLines, runLines } from './run-lines.ts';
import { seen, withRuns } from './update.ts';
import { readView, refuseBlindStore, switchView, type ReadView, viewOf } from './view.ts';
import { waitBeforeRetry } from './wait.ts';

/** How a view is made again. */
export interface RebuildOptions {
  /** Also where runs that the view has seen are not there any more: what they alone had is given up. */
  readonly force: boolean;
  /** Told how many runs are in it, of how many. */
  readonly progress: (merged: number, runs: number) => void;
}

/** What came of it. */
export interface Rebuilt {
  readonly view: CurrentView;
  /** Runs that the view had seen and that are not there any more. */
  readonly gone: readonly string[];
}

/** Streams that are read at once. */
const AT_ONCE = 16;

interface Rebuilding {
  readonly ports: CurrentPorts;
  readonly output: RunPlace;
  readonly options: RebuildOptions;
}

/** @returns the view that is there; an empty one where its pointer is damaged, as it is about to be replaced. */
async function readAny({ ports: { pointers }, output }: Rebuilding): Promise<ReadView> {
  try {
    return await readView(pointers, output);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const pointer = await pointers.read(inOutput(output, OUTPUT_PATHS.pointer));
    return { view: EMPTY_VIEW, etag: pointer?.etag ?? null };
  }
}

function lacking(made: Pick<CurrentView, 'runs'>, there: CurrentView): SeenRun[] {
  const has = new Set(made.runs.map(({ run_id }) => run_id));
  return there.runs.filter(({ run_id }) => !has.has(run_id));
}

function refuseLoss({ output, options }: Rebuilding, gone: readonly SeenRun[]): void {
  if (gone.length === 0 || options.force) return;
  const [runs, are] = gone.length === 1 ? ['run', 'is'] : ['runs', 'are'];
  const shown =
    gone
      .slice(0, 3)
      .map(({ run_id }) => run_id)
      .join(', ') + (gone.length > 3 ? ', …' : '');
  throw new Failure(
    'NotFound',
    `The current view has seen ${gone.length} ${runs} that ${are} not in ${s3Uri(inOutput(output, ''))} any more (${shown}); what only they had would be lost. Nothing was changed; --force gives it up.`,
  );
}

/** Most likely the address of something else: an empty view would be left there for nobody. */
function refuseNothing({ output, options }: Rebuilding, old: CurrentView, runs: readonly EndedRun[]): void {
  if (runs.length > 0 || old.generation > 0 || options.force) return;
  throw new Failure(
    'NotFound',
    `No run has ended in ${s3Uri(inOutput(output, ''))}, and nothing was written. Check the address: it is output.uri of the runs.`,
  );
}

/** Several runs at once, none of which began before one that is in the view. */
async function withNewest(
  ports: CurrentPorts,
  view: CurrentView,
  runs: readonly [EndedRun, ...EndedRun[]],
): Promise<CurrentView> {
  const { store } = ports;
  const linesOf = (folder: string): AsyncGenerator<Line> => newestLines(runs.map((run) => runLines({ store, run, folder })));
  const [{ place }] = runs;
  const { parts } = await mergeView(ports, { place, view, generation: view.generation + 1, linesOf });
  return { ...view, runs: seenRuns(view.runs, runs.map(seen)), parts };
}

async function fromRuns({ ports, options }: Rebuilding, from: CurrentView, runs: readonly EndedRun[]): Promise<CurrentView> {
  let view = from;
  let done = 0;
  for (const [first, ...others] of batches(runs, AT_ONCE)) {
    options.progress(done, runs.length);
    if (first !== undefined) view = await withNewest(ports, view, [first, ...others]);
    done += 1 + others.length;
  }
  return view;
}

/** Adds what the view that is there has seen meanwhile. */
async function caughtUp(of: Rebuilding, made: CurrentView, there: CurrentView): Promise<{ view: CurrentView; gone: string[] }> {
  const { ports, output } = of;
  const missing = lacking(made, there);
  const found = await readEndedRuns(ports.store, output, missing);
  const gone = lacking({ runs: found.map(seen) }, { ...there, runs: missing });
  refuseLoss(of, gone);
  return { view: await withRuns(ports, made, found), gone: gone.map(({ run_id }) => run_id) };
}

/**
 * Makes the current view again from every run of an output that has ended, in one switch: until then everybody reads the
 * one that is there. Runs that end meanwhile are not lost.
 * @throws Failure `NotFound` where it would lose records or no run has ended, `Internal` where a run is damaged; ObjectStoreError
 */
export async function rebuildCurrent(ports: CurrentPorts, output: RunPlace, options: RebuildOptions): Promise<Rebuilt> {
  const rebuilding = { ports, output, options };
  await refuseBlindStore(ports, output);
  const { view: old } = await readAny(rebuilding);
  const runs = await endedRuns(ports.store, output);
  const there = { ...EMPTY_VIEW, runs: runs.map(seen) };
  refuseNothing(rebuilding, old, runs);
  refuseLoss(rebuilding, lacking(there, old));
  let made = await fromRuns(rebuilding, { ...EMPTY_VIEW, generation: old.generation }, runs);
  for (let lost = 0; ; lost += 1) {
    const now = await readAny(rebuilding);
    const { view, gone } = await caughtUp(rebuilding, made, now.view);
    made = view;
    const next = viewOf(ports, { ...made, generation: Math.max(old.generation, now.view.generation) + 1 });
    if ((await switchView(ports, output, { view: next, etag: now.etag })) === 'switched') return { view: next, gone };
    await waitBeforeRetry(ports, lost);
  }
}
