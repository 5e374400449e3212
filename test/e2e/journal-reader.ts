import { duplicates, questionKey } from '../../local/services/analysis.ts';
import type { Journal, JournalEvent } from '../../local/services/journal.ts';

type Events = readonly JournalEvent[];

/** @returns jobs beyond one for each question. */
export function extraJobs({ events }: Pick<Journal, 'events'>): number {
  return [...duplicates(events).values()].reduce((sum, jobs) => sum + jobs - 1, 0);
}

/** @returns the events of one kind, in the order of time. */
export function eventsOf({ events }: Pick<Journal, 'events'>, name: JournalEvent['event']): JournalEvent[] {
  return events.filter(({ event }) => event === name).toSorted((a, b) => a.at_ms - b.at_ms);
}

/** A question to a service: the picture and the prompt. */
export function questionTo(service: string, of: Pick<JournalEvent, 'sent_sha256' | 'prompt'>): string {
  return `${service} ${questionKey(of)}`;
}

/** @returns which service took jobs, in order, each once for as long as no other did: its length less one is how often they took turns. */
export function turnsTaken(events: Events): string[] {
  const services = eventsOf({ events }, 'accepted').map(({ service }) => service);
  return services.filter((service, at) => service !== services[at - 1]);
}
