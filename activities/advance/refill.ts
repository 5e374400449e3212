import type { Intent, OpenTask } from '../../domain/log.ts';
import { MAX_ATTEMPTS } from '../../domain/outcome.ts';
import { refillSize } from '../../domain/pace.ts';
import { intended, settled, type IntentsTimes } from '../../domain/strand.ts';
import { hasUnheard } from '../../domain/taking-over.ts';
import type { Question } from '../../ports/model-service.ts';
import { moment, type Moment } from './elapsed.ts';
import { failedWith, recalled, unreadable } from './ending.ts';
import type { Prepared } from './prepared-tiles.ts';
import { refName, type Session } from './session.ts';
import type { Send } from './submit.ts';

/** A task that could go out now. */
interface Ready {
  readonly task: OpenTask;
  readonly prepared: Extract<Prepared, { ok: true }>;
}

/** Every submit of it that is in doubt has been named to the budget, in a report that was answered. */
function told(session: Session, task: OpenTask): boolean {
  return task.jobs.every((job) => job.callId !== null || session.reported.has(refName(job)));
}

/** Intents of an earlier attempt, in doubt: their calls may still be written by somebody. */
function inheritedDoubts(session: Session, task: OpenTask): number[] {
  return task.jobs.filter((job) => job.callId === null && job.n < session.log.takeoverN).map((job) => job.n);
}

/** Reads calls objects again and takes what they say into the state. */
export async function rereadCalls(session: Session, ns: readonly number[]): Promise<void> {
  for (const n of new Set(ns)) {
    for (const found of await session.log.readCalls(n)) {
      session.state = settled(session.state, { ...found, now: session.now });
    }
  }
}

function wanted(
  session: Session,
  task: OpenTask,
): { store: Session['scene']['inputStore']; tile: OpenTask['tile']; image: Session['scene']['run']['spec']['image'] } {
  return { store: session.scene.inputStore, tile: task.tile, image: session.scene.run.spec.image };
}

/** What goes out, who waits for what: pictures, and word of earlier submits. */
export class Refill {
  readonly #session: Session;
  readonly #queue: (n: number, sends: readonly Send[]) => void;
  readonly #patient: boolean;
  readonly #fetching = new Set<string>();
  readonly #reread = new Set<string>();
  #writing = false;

  /**
   * @param queue takes the submits of intents object n.
   * @param how patient: places gather for a while before they are used.
   */
  constructor(session: Session, queue: (n: number, sends: readonly Send[]) => void, how: { readonly patient: boolean }) {
    this.#session = session;
    this.#queue = queue;
    this.#patient = how.patient;
  }

  /** Writes the intents of as many tasks as have a place and a picture, then queues their submits. */
  consider(): void {
    const session = this.#session;
    if (session.scene.mode !== 'work' || session.halt !== null || session.stop !== 'no' || session.windowOver) return;
    if (this.#writing || session.holder.reporting || session.now < session.state.quiet.untilMs) return;
    if (hasUnheard(session.state)) return;
    const ready = this.#ready();
    session.freeSinceMs = session.free > 0 ? (session.freeSinceMs ?? session.now) : null;
    const freeForMs = session.freeSinceMs === null ? 0 : session.now - session.freeSinceMs;
    const { free, freeHttp: http, submitMs, places } = session;
    const size = refillSize({
      free: this.#probing(free),
      granted: places,
      ready: ready.length,
      freeForMs: this.#patient && !this.#last(ready.length) ? freeForMs : Number.POSITIVE_INFINITY,
      http,
      submitMs,
    });
    if (size > 0) session.begin(() => this.#write(ready.slice(0, size)));
  }

  /** Nothing else is left to ask: there is nothing to wait for. */
  #last(ready: number): boolean {
    const { supply, state } = this.#session;
    return supply.exhausted && supply.coming === 0 && state.tasks.filter(({ owedAtMs }) => owedAtMs !== null).length <= ready;
  }

  /** While the service is in trouble one submit at a time asks whether it is well again. */
  #probing(free: number): number {
    const { state, submitting } = this.#session;
    return state.troubleSinceMs === null ? free : Math.min(free, 1 - submitting);
  }

  #ready(): Ready[] {
    const { state, now, scene } = this.#session;
    const owed = state.tasks.filter((task) => !task.ended && task.owedAtMs !== null && task.owedAtMs <= now);
    return owed.flatMap((task) => {
      if (task.history.attempts >= MAX_ATTEMPTS) return this.#spent(task);
      if (recalled(this.#session, task)) return [];
      if (!told(this.#session, task) || !this.#wordHeard(task)) return [];
      const prepared = scene.tiles.peek(wanted(this.#session, task));
      if (prepared?.ok === true) return [{ task, prepared }];
      this.#fetch(task);
      return [];
    });
  }

  /** A predecessor saw its last attempt refused and could not record it any more. */
  #spent(task: OpenTask): [] {
    const message = `The service refused it in each of ${MAX_ATTEMPTS} attempts.`;
    failedWith(this.#session, task, { code: 'model_error', message, callId: null });
    return [];
  }

  /** Before a task goes out beside a doubtful submit of somebody else, that one's calls are read once more. */
  #wordHeard(task: OpenTask): boolean {
    const ns = inheritedDoubts(this.#session, task);
    const name = `${task.range}/${task.line}/${task.task}`;
    if (ns.length === 0 || this.#reread.has(`${name} done`)) return true;
    if (!this.#reread.has(name)) {
      this.#reread.add(name);
      this.#session.begin(async () => {
        await rereadCalls(this.#session, ns);
        this.#reread.add(`${name} done`);
      });
    }
    return false;
  }

  #fetch(task: OpenTask): void {
    const name = `${task.range}/${task.line}`;
    if (this.#fetching.has(name)) return;
    this.#fetching.add(name);
    this.#session.beginAside(async () => {
      const prepared = await this.#session.scene.tiles.prepare(wanted(this.#session, task));
      this.#fetching.delete(name);
      if (prepared.ok) return;
      unreadable(this.#session, task, prepared);
    });
  }

  async #write(ready: readonly Ready[]): Promise<void> {
    const session = this.#session;
    this.#writing = true;
    session.submitting += ready.length;
    const began = moment(session.scene.clock);
    const times = { beganAtMs: began.wallMs, deadlineAtMs: began.wallMs + session.holder.ceiling.orphanMs };
    const intents = ready.map(({ task, prepared }, i) => intentOf(task, i, prepared.facts));
    try {
      session.scene.reached('intents');
      const n = await session.log.putIntents(intents, times);
      session.scene.reached('intents-put');
      for (const intent of intents) this.#begin(intent, { n, ...times });
      this.#queue(n, this.#sends(n, ready, began));
      session.freeSinceMs = null;
    } catch (error) {
      session.submitting -= ready.length;
      throw error;
    } finally {
      this.#writing = false;
    }
  }

  /** A task that ended while its intent was written must not begin again: its submit will not leave. */
  #begin(intent: Intent, times: IntentsTimes): void {
    if (this.#session.task(intent) !== undefined) this.#session.state = intended(this.#session.state, intent, times);
  }

  #sends(n: number, ready: readonly Ready[], began: Moment): Send[] {
    return ready.map(({ task, prepared }, i) => {
      this.#session.open.add(refName({ n, i }));
      const { range, line, task: id } = task;
      return { ref: { n, i }, place: { range, line, task: id }, question: questionOf(this.#session, task, prepared), began };
    });
  }
}

function intentOf(task: OpenTask, i: number, facts: Intent['facts']): Intent {
  const { range, line, task: id, tile, history, replaces } = task;
  return { i, range, line, task: id, tile, facts, history: { ...history, attempts: history.attempts + 1 }, replaces };
}

function questionOf(session: Session, task: OpenTask, prepared: Ready['prepared']): Question {
  const { lane, run, service } = session.scene;
  const spec = lane.tasks.find(({ id }) => id === task.task);
  if (spec === undefined) throw new Error(`task ${task.task} is not of lane ${lane.service}`);
  const { prompt, maxTokens, temperature } = spec;
  const model = run.services[lane.service]?.model ?? service.model;
  return { model, prompt, maxTokens, temperature, mime: prepared.facts.sent_mime ?? 'image/jpeg', picture: prepared.picture };
}
