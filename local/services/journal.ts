import { appendFileSync } from 'node:fs';

export type JournalEventName =
  | 'request_open'
  | 'request_closed'
  | 'submit_received'
  | 'accepted'
  | 'refused'
  | 'started'
  | 'restarted'
  | 'finished'
  | 'failed'
  | 'polled'
  | 'fault'
  | 'outage_began'
  | 'outage_ended'
  | 'container_started'
  | 'container_up'
  | 'container_stopped';

/** One thing that happened. What does not belong to an event is left out. */
export interface JournalEvent {
  /** Wall clock when the simulation began plus what a monotonic clock counted since: ms since 1970, never going back. */
  readonly at_ms: number;
  readonly service: string;
  readonly event: JournalEventName;
  /** `http` for the front end's containers and requests, `jobs` for the jobs'. */
  readonly pool: 'jobs' | 'http';
  readonly call_id?: string;
  /** Of the picture's bytes as they arrived, hex. */
  readonly sent_sha256?: string;
  readonly prompt?: string;
  /** Jobs accepted and not done, or requests open, this event counted in. */
  readonly inflight?: number;
  readonly container?: number;
  readonly status?: number;
  /** Which call a request is. */
  readonly call?: string;
  /** Joins `request_open` to `request_closed`. */
  readonly request?: number;
  readonly fault?: string;
}

/** Everything that happened at the simulated services, in order; nothing is ever changed or removed. */
export class Journal {
  readonly #events: JournalEvent[] = [];
  readonly #file: string | null;

  /** @param file also appended to, one event a line; null for none. */
  constructor(file: string | null = null) {
    this.#file = file;
  }

  get events(): readonly JournalEvent[] {
    return this.#events;
  }

  append(event: JournalEvent): void {
    this.#events.push(event);
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
  }

  /** @returns the events from number `from` on, one a line. */
  lines(from = 0): string {
    return this.#events
      .slice(from)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join('');
  }
}

/** @returns the events of a journal's lines; a last line that is cut short is left out. */
export function parseJournal(lines: string): readonly JournalEvent[] {
  const whole = lines.slice(0, lines.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalEvent);
}
