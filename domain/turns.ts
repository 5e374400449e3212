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
  /** Only backfills want it, and none of them has waited for too long: it has what others leave. */
  readonly yields: boolean;
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

function hasHadItsTurn({ turnSinceMs, figures }: Contender, waits: keyof typeof TURN_WINDOWS, now: number): boolean {
  const turnMs = Math.max(LEAST_TURN_MS[waits], TURN_WINDOWS[waits] * figures.scaledownSeconds * SECOND_MS);
  return turnSinceMs !== null && now - turnSinceMs >= turnMs;
}

function overstayed(one: Contender, waiting: readonly Contender[], now: number): boolean {
  const higher = waiting.some((other) => comparePriorities(other.priority, one.priority) < 0);
  return hasHadItsTurn(one, higher ? 'higher' : 'alike', now);
}

/** What only backfills want comes after all that others could use, once it has had the time that a switch is worth. */
function givesWay(one: Contender, now: number): boolean {
  return one.yields && (one.turnSinceMs === null || hasHadItsTurn(one, 'higher', now));
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

/** GPUs as they are dealt: containers by service, and what is left. */
class Dealing {
  readonly turns = new Map<string, { containers: number; sinceMs: number }>();
  readonly #shared: Shared;
  #left: number;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#left = shared.gpus;
  }

  /** One container each, as long as they last. */
  begin(having: readonly Contender[]): void {
    for (const { service, figures, turnSinceMs } of having) {
      if (leastGpus(figures) > this.#left) continue;
      this.turns.set(service, { containers: 1, sinceMs: turnSinceMs ?? this.#shared.now });
      this.#left -= leastGpus(figures);
    }
  }

  /** What is left to those who have work for more, in turn. */
  grow(having: readonly Contender[]): void {
    for (let given = this.#shared.mayDouble; given;) given = having.filter((one) => this.#grows(one)).length > 0;
  }

  #grows(one: Contender): boolean {
    const { gpus, now } = this.#shared;
    const { gpusPerContainer } = one.figures;
    const turn = this.turns.get(one.service);
    if (turn === undefined || gpusPerContainer > this.#left || turn.containers >= mostContainers(one.figures, gpus)) return false;
    if (!hasSettled(one, now) || !worthwhile(one, turn.containers)) return false;
    this.turns.set(one.service, { ...turn, containers: turn.containers + 1 });
    this.#left -= gpusPerContainer;
    return true;
  }
}

/**
 * Who may use the GPUs (services.md section 2): each service one container as long as they last, those that do not fit
 * take turns; what is left goes to those who have work for more.
 */
export function turnsOf(contenders: readonly Contender[], shared: Shared): Turns {
  const dealing = new Dealing(shared);
  const having = inTurn(contenders, shared.gpus, shared.now);
  const before = having.filter((one) => !givesWay(one, shared.now));
  dealing.begin(before);
  dealing.grow(before.filter(({ yields }) => !yields));
  dealing.begin(having.filter((one) => !before.includes(one)));
  dealing.grow(having);
  return dealing.turns;
}
