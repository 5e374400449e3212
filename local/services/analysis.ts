import type { JournalEvent } from './journal.ts';

/** Questions put to a journal, each a pure function of its events. */

type Events = readonly JournalEvent[];

/** A picture and a prompt, as one key. */
export function questionKey({ sent_sha256: sha256, prompt }: Pick<JournalEvent, 'sent_sha256' | 'prompt'>): string {
  return JSON.stringify([sha256 ?? null, prompt ?? null]);
}

/** @returns how many jobs were accepted for each question, over the services that were asked it. */
export function jobsPerQuestion(events: Events): ReadonlyMap<string, number> {
  return countBy(
    events.filter(({ event }) => event === 'accepted'),
    (event) => `${event.service} ${questionKey(event)}`,
  );
}

/** @returns the questions for which more than one job was accepted. */
export function duplicates(events: Events): ReadonlyMap<string, number> {
  return new Map([...jobsPerQuestion(events)].filter(([, jobs]) => jobs > 1));
}

/** @returns polls for each call_id; 0 for a job that nobody polled. */
export function pollsPerJob(events: Events): ReadonlyMap<string, number> {
  const polls = countBy(
    events.filter(({ event }) => event === 'polled'),
    ({ call_id: id }) => id ?? '',
  );
  const unpolled = events.filter(({ event, call_id: id }) => event === 'accepted' && !polls.has(id ?? ''));
  return new Map([...polls, ...unpolled.map(({ call_id: id }) => [id ?? '', 0] as const)]);
}

function countBy(events: Events, keyOf: (event: JournalEvent) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(keyOf(event), (counts.get(keyOf(event)) ?? 0) + 1);
  return counts;
}

/** Jobs of which the journal saw the end: ms from their acceptance to it, shortest first. */
export function responseTimesMs(events: Events): readonly number[] {
  const accepted = new Map<string, number>();
  const times: number[] = [];
  for (const event of events) {
    if (event.event === 'accepted') accepted.set(event.call_id ?? '', event.at_ms);
    const since = accepted.get(event.call_id ?? '');
    if (isEnd(event) && since !== undefined) times.push(event.at_ms - since);
  }
  return times.toSorted((a, b) => a - b);
}

function isEnd({ event }: JournalEvent): boolean {
  return event === 'finished' || event === 'failed';
}

/** How far the slots of a service were used. */
export interface Utilisation {
  /** Summed over the slots, a preempted start counted in. */
  readonly busySeconds: number;
  /** From the first acceptance to the last end. */
  readonly spanSeconds: number;
  /** Busy time over `slots` times the span; 0 where nothing ran. */
  readonly share: number;
}

/** @param slots jobs that can run at once over all containers that are meant to be used. */
export function utilisation(events: Events, service: string, slots: number): Utilisation {
  const jobs = events.filter((event) => event.service === service && event.pool === 'jobs');
  const from = Math.min(...jobs.filter(({ event }) => event === 'accepted').map(({ at_ms: at }) => at));
  const to = Math.max(...jobs.filter(isEnd).map(({ at_ms: at }) => at));
  const busySeconds = busyMs(jobs) / 1_000;
  const spanSeconds = Number.isFinite(to - from) ? (to - from) / 1_000 : 0;
  return { busySeconds, spanSeconds, share: spanSeconds > 0 ? busySeconds / (slots * spanSeconds) : 0 };
}

function busyMs(jobs: Events): number {
  const started = new Map<string, number>();
  let busy = 0;
  for (const event of jobs) {
    const id = event.call_id ?? '';
    if (event.event === 'started') started.set(id, event.at_ms);
    if (!isEnd(event) && event.event !== 'restarted') continue;
    busy += event.at_ms - (started.get(id) ?? event.at_ms);
    started.delete(id);
  }
  return busy;
}
