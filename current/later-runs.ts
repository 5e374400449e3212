import { batchesFrom } from '../activities/earlier/line-batches.ts';
import { SideBySide, type LineStream } from '../activities/earlier/side-by-side.ts';
import { isNewer, seenSince, type CurrentView, type Standing } from '../domain/current.ts';
import { compareRecords, type RecordPlace } from '../domain/merge-order.ts';
import { ifDamaged, readEndedRun, someAtATime } from './ended-runs.ts';
import type { Line } from './line.ts';
import type { CurrentPorts, EndedRun } from './ports.ts';
import { boundsOf, mayMeet, runLines, soundLines } from './run-lines.ts';

/** What a later run says of a place: all that decides, without the answer. */
interface Rival extends RecordPlace, Standing {}

/**
 * Runs that the view has seen and that began after this one, with the parts that may have its tiles. Those without such
 * parts are left out, and those of which nothing is there any more.
 */
export async function laterRuns(ports: CurrentPorts, view: CurrentView, run: EndedRun): Promise<EndedRun[]> {
  const { store, signal } = ports;
  const within = boundsOf(run);
  const later = seenSince(view.runs, { run_id: run.runId, started_at: run.startedAt });
  return someAtATime(later, async ({ run_id }) => {
    signal.throwIfAborted();
    const one = await readEndedRun(store, run.place, run_id).catch(ifDamaged);
    const parts = one?.parts.filter(({ bounds }) => mayMeet(bounds, within)) ?? [];
    return one === null || parts.length === 0 ? null : { ...one, parts };
  });
}

async function* rivalsIn({ store, signal, beat }: CurrentPorts, run: EndedRun, folder: string): AsyncGenerator<Rival> {
  signal.throwIfAborted();
  beat({ folder, records: 0 });
  for await (const line of soundLines(runLines({ store, run, folder }))) yield rivalOf(line);
}

function rivalOf({ bucket, key, task_id, run_id, record_id, createdAtMs, sinceMs, takenOver }: Line): Rival {
  return { bucket, key, task_id, run_id, record_id, createdAtMs, sinceMs, takenOver };
}

function newest(rivals: readonly Rival[]): readonly Rival[] {
  return rivals.length < 2 ? rivals : [rivals.reduce((best, rival) => (isNewer(rival, best) ? rival : best))];
}

/** The lines of a folder than which none of the later runs has a newer one of the same place. */
export async function* notOutdone(
  ports: CurrentPorts,
  lines: AsyncGenerator<Line>,
  { runs, folder }: { readonly runs: readonly EndedRun[]; readonly folder: string },
): AsyncGenerator<Line> {
  const rivals = new SideBySide<RecordPlace, Rival>({ order: compareRecords, decisive: newest });
  const streamOf = (run: EndedRun): LineStream<Rival> => batchesFrom(rivalsIn(ports, run, folder));
  try {
    await rivals.add(runs.map(streamOf));
    for await (const line of lines) {
      const theirs = await rivals.upTo(line);
      if (!theirs.some((rival) => isNewer(rival, line))) yield line;
    }
  } finally {
    await rivals.close();
  }
}
