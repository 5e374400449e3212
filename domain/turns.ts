import { jobPlaces, leastGpus, mostContainers } from './ceiling.ts';
import type { ServiceFigures } from './service.ts';
import { comparePriorities } from './shares.ts';
import type { Priority } from './spec.ts';
import { HOUR_MS, SECOND_MS } from './units.ts';

/** A service that somebody wants to use. Times are ms. */
export interface Contender {
  readonly service: string;
  readonly figures: ServiceFigures;
  /** Jobs left to ask and to collect, over all holders; what may run unseen included. */
  readonly wanted: number;
  /** Mean time of one of its jobs; null while nobody knows. */
  readonly jobMs: number | null;
  /** The highest among those who want it. */
  readonly priority: Priority;
  readonly sinceMs: number;
  /** Since when it may use GPUs; null where it waits for its turn. */
  readonly turnSinceMs: number | null;
  /** Containers of jobs that it holds already, in use or not. */
  readonly held: number;
}

/** Containers of jobs that a service should have, and since when it has its turn. Services without a turn are absent. */
export type Turns = ReadonlyMap<string, { readonly containers: number; readonly sinceMs: number }>;

/**
 * A switch costs a whole window in which a GPU does nothing: a turn lasts until its work is done. Only where work never
 * ends, or a higher priority waits, is it cut, after so many windows.
 */
const TURN_WINDOWS = { alike: 20, higher: 4 } as const;
const LEAST_TURN_MS = { alike: 12 * HOUR_MS, higher: 10 * 60 * SECOND_MS } as const;

function overstayed(one: Contender, waiting: readonly Contender[], now: number): boolean {
  if (one.turnSinceMs === null) return false;
  const higher = waiting.some((other) => comparePriorities(other.priority, one.priority) < 0);
  const rule = higher ? 'higher' : 'alike';
  const turnMs = Math.max(LEAST_TURN_MS[rule], TURN_WINDOWS[rule] * one.figures.scaledownSeconds * SECOND_MS);
  return now - one.turnSinceMs >= turnMs;
}

function byTurn(a: Contender, b: Contender): number {
  return (a.turnSinceMs ?? 0) - (b.turnSinceMs ?? 0) || (a.service < b.service ? -1 : 1);
}

function byClaim(a: Contender, b: Contender): number {
  return comparePriorities(a.priority, b.priority) || a.sinceMs - b.sinceMs || (a.service < b.service ? -1 : 1);
}

/** Who comes first: whoever has its turn, then those who wait, then those who had it for long enough. */
function inTurn(contenders: readonly Contender[], gpus: number, now: number): Contender[] {
  const waiting = contenders.filter(({ turnSinceMs }) => turnSinceMs === null).toSorted(byClaim);
  const having = contenders.filter(({ turnSinceMs }) => turnSinceMs !== null).toSorted(byTurn);
  const all = contenders.reduce((sum, { figures }) => sum + leastGpus(figures), 0);
  const late = all <= gpus || waiting.length === 0 ? [] : having.filter((one) => overstayed(one, waiting, now));
  return [...having.filter((one) => !late.includes(one)), ...waiting, ...late];
}

/** The lanes of a run come one after the other: before this a turn gets no second container, or the next one waits a window. */
export const SETTLED_AFTER_MS = 10 * SECOND_MS;

function hasSettled({ turnSinceMs }: Contender, now: number): boolean {
  return turnSinceMs !== null && now - turnSinceMs >= SETTLED_AFTER_MS;
}

/** Another container is worth its window where the work left takes longer than that on those there are. */
function worthwhile({ figures, wanted, jobMs, held }: Contender, containers: number): boolean {
  if (wanted <= jobPlaces(figures, containers)) return false;
  if (held > containers) return true;
  const leftMs = jobMs === null ? 0 : (wanted * jobMs) / (containers * figures.inputsPerContainer);
  return leftMs > figures.scaledownSeconds * SECOND_MS;
}

interface Shared {
  readonly gpus: number;
  readonly now: number;
  /** A budget without a history may not give a second GPU yet. */
  readonly mayDouble: boolean;
}

/**
 * Who may use the GPUs (services.md section 2): each service one container as long as they last, those that do not fit
 * take turns; what is left goes to those who have work for more.
 */
export function turnsOf(contenders: readonly Contender[], { gpus, now, mayDouble }: Shared): Turns {
  const turns = new Map<string, { containers: number; sinceMs: number }>();
  let left = gpus;
  const having = inTurn(contenders, gpus, now).filter(({ figures }) => {
    const fits = leastGpus(figures) <= left;
    if (fits) left -= leastGpus(figures);
    return fits;
  });
  for (const { service, turnSinceMs } of having) turns.set(service, { containers: 1, sinceMs: turnSinceMs ?? now });
  for (let given = mayDouble; given;) {
    given = false;
    for (const one of having) {
      const turn = turns.get(one.service);
      const { gpusPerContainer } = one.figures;
      if (turn === undefined || gpusPerContainer > left || turn.containers >= mostContainers(one.figures, gpus)) continue;
      if (!hasSettled(one, now) || !worthwhile(one, turn.containers)) continue;
      turns.set(one.service, { ...turn, containers: turn.containers + 1 });
      left -= gpusPerContainer;
      given = true;
    }
  }
  return turns;
}
