import { gathered } from './budget-holder.ts';
import type { FormerHolder, HarvestedJob } from './harvest.ts';
import type { Remains } from './lease.ts';
import type { StrandState } from './log.ts';
import { takenJobs } from './taking-over.ts';

/** A report stays a small payload; who is charged for longest is named first. */
const MOST_HOLDERS = 24;

/** What a strand has taken over, and what has become of it. */
export interface Taken {
  readonly taken: readonly Pick<HarvestedJob, 'callId'>[];
  readonly state: StrandState;
}

/**
 * A job that this strand has taken over and that has ended is charged no longer. Of any other, nobody here knows: it may
 * run until its deadline.
 *
 * @returns what may still run of the jobs of each former holder; nothing of those whose deadlines are long over, who are
 * named because their jobs are still asked for, which needs a request now and then.
 */
export function remainsOf(formers: readonly FormerHolder[], { taken, state }: Taken, now: number): Remains[] {
  const open = new Set(takenJobs(state).map(({ callId }) => callId));
  const ended = new Set(taken.map(({ callId }) => callId).filter((callId) => !open.has(callId)));
  const mayRun = ({ jobs }: FormerHolder): FormerHolder['jobs'] =>
    jobs.filter(({ callId, deadlineAtMs }) => deadlineAtMs > now && (callId === null || !ended.has(callId)));
  const charged = formers.filter(({ untilMs }) => untilMs > now).toSorted((a, b) => b.untilMs - a.untilMs);
  const told = charged.slice(0, MOST_HOLDERS).map((former) => {
    const charges = mayRun(former).map(({ deadlineAtMs: untilMs }) => ({ places: 1, untilMs }));
    return { holder: former.holder, readAtMs: former.readAtMs, charges: gathered(summed(charges)) };
  });
  const asked = new Set(takenJobs(state).flatMap(({ of }) => of?.holder ?? []));
  const others = [...asked].filter((holder) => !told.some((one) => one.holder === holder));
  return [...told, ...others.slice(0, MOST_HOLDERS - told.length).map((holder) => ({ holder, readAtMs: 0, charges: [] }))];
}

function summed(charges: Remains['charges']): Remains['charges'] {
  const places = new Map<number, number>();
  for (const { untilMs } of charges) places.set(untilMs, (places.get(untilMs) ?? 0) + 1);
  return [...places].map(([untilMs, count]) => ({ places: count, untilMs }));
}
