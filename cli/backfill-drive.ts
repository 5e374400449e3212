import {
  nextStep,
  phaseOf,
  withSeen,
  type BackfillEnd,
  type BackfillProgress,
  type BackfillRules,
  type DateRun,
} from '../domain/backfill.ts';
import type { Role } from '../domain/temporal-names.ts';
import { isAway, type BackfillDesk } from './backfill-desk.ts';
import { aborted } from './interruption.ts';

/** What is shown of a backfill while it goes on. */
export interface BackfillView {
  /** One date is something else than it was. */
  changed(run: DateRun): void;
  /** Once for every look at the open runs. */
  seen(progress: BackfillProgress): void;
  away(sentence: string): void;
  unserved(roles: readonly Role[]): void;
}

export interface Driving {
  readonly desk: BackfillDesk;
  readonly rules: BackfillRules;
  readonly view: BackfillView;
  /** Aborted by Ctrl-C: open runs go on, nothing more is started. */
  readonly signal: AbortSignal;
  /** Between two looks. */
  readonly rest: (signal: AbortSignal) => Promise<void>;
}

export interface Driven {
  readonly runs: readonly DateRun[];
  readonly end: BackfillEnd | 'interrupted';
  /** Dates that were shown as something else than they were when it began. */
  readonly changed: ReadonlySet<string>;
}

/** Looks at which nothing moved after which it is worth asking whether anybody works; where nobody answered, at once. */
const STILL_LOOKS = 10;

class Drive {
  readonly #with: Driving;
  #progress: BackfillProgress;
  #still = 0;
  #before = '';
  readonly #changed = new Set<string>();
  readonly #stopped: Promise<void>;

  constructor(runs: readonly DateRun[], driving: Driving) {
    this.#with = driving;
    this.#progress = { runs, failedInARow: 0 };
    this.#stopped = aborted(driving.signal);
  }

  async toItsEnd(): Promise<Driven> {
    const { rules, signal, view, rest } = this.#with;
    await this.#join();
    for (;;) {
      const { start, over } = nextStep(this.#progress, rules);
      const end = over ?? (signal.aborted ? 'interrupted' : null);
      if (end !== null) return { runs: this.#progress.runs, end, changed: this.#changed };
      await this.#start(start);
      view.seen(this.#progress);
      await rest(signal);
      await Promise.race([this.#look(), this.#stopped]);
    }
  }

  /** Open runs are waited for only where they ask the same. */
  async #join(): Promise<void> {
    for (const run of this.#open()) await this.#with.desk.start(run);
  }

  #open(): readonly DateRun[] {
    return this.#progress.runs.filter((run) => phaseOf(run) === 'open');
  }

  async #start(runs: readonly DateRun[]): Promise<void> {
    const { desk, signal } = this.#with;
    for (const run of runs) {
      if (signal.aborted) return;
      const isThere = await this.#reached(() => desk.start(run));
      if (isThere === null) return;
      this.#know({ ...run, state: 'open', figures: null, reason: null });
    }
  }

  async #look(): Promise<void> {
    const { desk, signal } = this.#with;
    const open = this.#open();
    const seen = await Promise.all(open.map(async (run) => this.#reached(async () => ({ ...run, ...(await desk.look(run)) }))));
    if (signal.aborted) return;
    const known = seen.filter((run) => run !== null);
    for (const run of known) this.#know(run);
    if (known.length === seen.length) await this.#askForWorkers();
  }

  #know(run: DateRun): void {
    const before = this.#progress.runs.find(({ date }) => date === run.date);
    this.#progress = withSeen(this.#progress, run);
    if (before?.state === run.state) return;
    this.#changed.add(run.date);
    this.#with.view.changed(run);
  }

  async #askForWorkers(): Promise<void> {
    const { desk, view } = this.#with;
    const open = this.#open();
    const now = JSON.stringify(open);
    this.#still = now === this.#before ? this.#still + 1 : 0;
    this.#before = now;
    const isAnswered = open.some(({ figures }) => figures !== null);
    if (open.length === 0 || (isAnswered && this.#still < STILL_LOOKS)) return;
    this.#still = 0;
    view.unserved((await this.#reached(() => desk.unserved())) ?? []);
  }

  /** @returns null where the server is away: it is asked again with the next look. */
  async #reached<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      // After Ctrl-C nobody waits for the answer.
      if (this.#with.signal.aborted) return null;
      if (!isAway(error)) throw error;
      this.#with.view.away(error.message);
      return null;
    }
  }
}

/** Starts what is due and waits for what is open, until nothing is left or Ctrl-C. @throws Failure */
export async function driveBackfill(runs: readonly DateRun[], driving: Driving): Promise<Driven> {
  return new Drive(runs, driving).toItsEnd();
}
