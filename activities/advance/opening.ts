import { isCovered, passing, rangesOfStrand, withTilesOfIntents, type StrandRanges } from '../../domain/cursor.ts';
import { NONE_JUDGED } from '../../domain/failure-window.ts';
import { inherited } from '../../domain/fold.ts';
import { holderId } from '../../domain/ids.ts';
import { withTakings } from '../../domain/taking-over.ts';
import type { AdvanceArgs, AdvanceContext, AdvanceDeps } from './advance-types.ts';
import { formersNow } from './formers.ts';
import { Holder } from './holder.ts';
import { Session, type Scene } from './session.ts';
import { StrandLog } from './strand-log.ts';
import { Supply } from './supply.ts';

/** As many of the latest slices are read for their answers by a worker that did not write them. */
const HEARD_SLICES = 4;

/** @returns what a slice works with, read from the run. */
export async function sceneOf(deps: AdvanceDeps, args: AdvanceArgs): Promise<Scene> {
  const { run: ref, lane: name, strand, mode, windowEndsMs = null } = args;
  const run = await deps.readRun(ref);
  const frozen = await deps.readFrozen(ref);
  const lane = run.lanes.find(({ service }) => service === name);
  if (lane === undefined) throw new Error(`run ${ref.runId} has no lane ${name}`);
  const { service, client } = deps.service(name);
  const { requestPayer, region } = run.spec.input;
  const inputStore = deps.stores.input({ requestPayer, ...(region === undefined ? {} : { region }) });
  const { tiles, answers, clock, unreachableMs, reached } = deps;
  const takings = await deps.takings({ ref, lane: name, strand, strands: lane.strands });
  const formers = await formersNow({ store: deps.outputStore(ref), clock }, takings.holders);
  const theirs = { takings, formers, windowEndsMs };
  return {
    ref,
    run,
    frozen,
    lane,
    strand,
    service,
    client,
    inputStore,
    tiles,
    answers,
    clock,
    mode,
    unreachableMs,
    reached,
    ...theirs,
  };
}

/** @returns the ranges of the slice's strand. */
export function strandRanges({ frozen, lane, strand, takings }: Scene): StrandRanges {
  const ranges = rangesOfStrand(frozen.ranges.length, { strand, strands: lane.strands });
  const harvested = { coverage: takings.coverage, tasks: lane.tasks.length };
  return { ranges, linesOf: (range) => frozen.ranges[range]?.lines ?? 0, harvested };
}

/** @returns the strand's log, read to its end. */
export function openLog(
  deps: AdvanceDeps,
  of: { args: AdvanceArgs; context: AdvanceContext; firstRange: number },
): Promise<StrandLog> {
  const { run, lane, strand, slice: hint, execution, turn } = of.args;
  const attempt = { execution, turn, attempt: of.context.attempt };
  const { clock } = deps;
  const store = deps.outputStore(run);
  return StrandLog.open({ store, clock, run, lane, strand, firstRange: of.firstRange, nonce: deps.nonce(), attempt }, hint);
}

/** Answers of the latest slices that another worker wrote: a tile with the same picture is not asked again. */
export async function hearAnswers({ scene, state, log, strandName }: Session): Promise<void> {
  if (scene.mode !== 'work') return;
  const slices = [...new Set(Object.values(state.slices).flat())].toSorted((a, b) => a - b);
  const unheard = slices.filter((n) => n > scene.answers.heard(strandName)).slice(-HEARD_SLICES);
  const heard = await Promise.all(unheard.map(async (n) => ({ n, answers: await log.answersOf(n) })));
  for (const { n, answers } of heard) scene.answers.keep(strandName, n, answers);
}

/** @returns the session of an attempt that owns its strand. */
export function newSession(
  deps: AdvanceDeps,
  of: { args: AdvanceArgs; scene: Scene; ranges: StrandRanges; log: StrandLog },
): Session {
  const { args, scene, ranges, log } = of;
  const now = deps.clock.now();
  const tasks = scene.lane.tasks.map(({ id }) => id);
  const taken = withTakings(inherited(log.folded, now), scene.takings, now);
  const folded = passing(withTilesOfIntents(taken, { tasks, of: ranges, now }), ranges);
  const fresh = { judged: NONE_JUDGED, troubleSinceMs: null, quiet: { untilMs: 0, times: 0 } };
  const untold = log.predecessorOpen || folded.untold;
  const state = { ...folded, ...(args.resumed ? fresh : {}), untold };
  const { configured } = deps.service(args.lane);
  const { desk, clock } = deps;
  const name = holderId(args.run, args.lane, args.strand);
  const holder = new Holder({
    desk,
    clock,
    holder: name,
    service: args.lane,
    run: args.run.runId,
    priority: args.priority ?? scene.run.spec.priority,
    n: log.takeoverN,
    predecessorOpen: untold,
    configured,
  });
  const supply = new Supply({
    ranges: ranges.ranges,
    from: state.cursor,
    skip: state.ahead,
    isCovered: (place) => isCovered(ranges, place),
    tilesOf: (range) => deps.tilesOf(args.run, range),
    prepare: (tile) => scene.tiles.prepare({ store: scene.inputStore, tile, image: scene.run.spec.image }),
  });
  return new Session(scene, { log, holder, supply, state });
}
