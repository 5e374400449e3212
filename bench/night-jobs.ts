import type { JournalEvent } from '../local/services/journal.ts';

/** Who asks in the simulated night; every question says who. */
export const ASKERS = ['night', 'backfill', 'interactive'] as const;
export type Asker = (typeof ASKERS)[number];

/** @returns a question from which the services' journal knows who asked. */
export function promptOf(asker: Asker, question: string): string {
  return `${asker}: ${question}`;
}

function askerOf(prompt: string): Asker | undefined {
  return ASKERS.find((asker) => prompt.startsWith(promptOf(asker, '')));
}

/** A job that was done and whose answer was fetched. Times are ms since 1970. */
export interface NightJob {
  readonly asker: Asker;
  readonly service: string;
  readonly acceptedAtMs: number;
  /** When a slot took it; the last time, where it was preempted. */
  readonly startedAtMs: number;
  readonly doneAtMs: number;
  /** When its answer was fetched first. */
  readonly answeredAtMs: number;
}

type Times = Partial<Record<'acceptedAtMs' | 'startedAtMs' | 'doneAtMs' | 'answeredAtMs', number>>;
const TIMES: Partial<Record<JournalEvent['event'], keyof Times>> = {
  accepted: 'acceptedAtMs',
  started: 'startedAtMs',
  finished: 'doneAtMs',
  failed: 'doneAtMs',
};
const OK = 200;

function timeOf({ event, status }: JournalEvent): keyof Times | undefined {
  if (event === 'polled') return status === OK ? 'answeredAtMs' : undefined;
  return TIMES[event];
}

/** @param events in which every job came to its end. @returns its jobs, in the order of their acceptance. */
export function nightJobs(events: readonly JournalEvent[]): NightJob[] {
  const jobs = new Map<string, Times & { readonly asker: Asker; readonly service: string }>();
  for (const event of events) {
    const { call_id: id = '', prompt = '', service, at_ms: atMs } = event;
    const asker = askerOf(prompt);
    if (event.event === 'accepted' && asker !== undefined) jobs.set(id, { asker, service });
    const job = jobs.get(id);
    const time = timeOf(event);
    const isKnown = time === 'answeredAtMs' && job?.answeredAtMs !== undefined;
    if (job !== undefined && time !== undefined && !isKnown) jobs.set(id, { ...job, [time]: atMs });
  }
  return [...jobs.values()].filter((job): job is NightJob => job.answeredAtMs !== undefined);
}
