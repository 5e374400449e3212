import type { OpenTask, StrandState } from './log.ts';
import type { TileFacts } from './tile.ts';

/**
 * Tiles whose pictures have the same bytes, asked the same task: one of them is asked, the others follow it. The tasks
 * of a lane all ask something else, so that bytes and task together say which request it is.
 */

/** Each costs a line of the strand's state; while so many wait no tile begins. */
export const MOST_FOLLOWERS = 1_000;

/** A task as far as it decides the request. */
export interface Requesting {
  readonly task: string;
  readonly facts: Pick<TileFacts, 'sent_sha256'>;
}

/** @returns a name for the request among those of a lane; null where nothing is known of the bytes. */
export function requestName({ task, facts }: Requesting): string | null {
  return facts.sent_sha256 === null ? null : `${task}/${facts.sent_sha256}`;
}

function asks(task: OpenTask): boolean {
  return !task.ended && task.follows !== true;
}

/** @returns whether an open task asks the same, or will. */
export function isAsked(state: StrandState, of: Requesting): boolean {
  const name = requestName(of);
  return name !== null && state.tasks.some((task) => asks(task) && requestName(task) === name);
}

/** @returns open tasks that an answer to this request answers too: no job of theirs runs or may run. */
export function waitingFor(state: StrandState, of: Requesting): OpenTask[] {
  const name = requestName(of);
  if (name === null) return [];
  return state.tasks.filter((task) => !task.ended && task.jobs.length === 0 && requestName(task) === name);
}

/** @returns tasks that wait for another's answer. */
export function followers(state: StrandState): OpenTask[] {
  return state.tasks.filter(({ follows }) => follows === true);
}

/** @returns a task that asks for itself. */
export function onItsOwn(task: OpenTask): OpenTask {
  const { follows: _follows, ...own } = task;
  return own;
}

/** @returns the state in which no task waits for nobody: of those that would the first is owed, for the others. */
export function withAskers(state: StrandState, now: number): StrandState {
  if (followers(state).length === 0) return state;
  const asked = new Set(state.tasks.filter(asks).map(requestName));
  const promoted = new Set<OpenTask>();
  for (const task of followers(state)) {
    const name = requestName(task);
    if (!asked.has(name)) promoted.add(task);
    asked.add(name);
  }
  if (promoted.size === 0) return state;
  const tasks = state.tasks.map((task) => (promoted.has(task) ? { ...onItsOwn(task), owedAtMs: now } : task));
  return { ...state, tasks };
}
