import { EVENT_DROPS, type EventDrop, type IntakeCounts } from '../domain/intake-counts.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import type { IntakeEnd } from '../intake/ports.ts';

/** What an intake says when it ends. */

const DROPPED: Readonly<Record<EventDrop, string>> = {
  deleted: 'deleted objects',
  outside: 'outside input.uri',
  excluded: 'excluded',
  sidecar: 'sidecars',
  folder: 'folders',
  zero_bytes: 'of zero bytes',
  merged: 'duplicates or older',
  owned: 'in an open run already',
  other: 'no creation or deletion',
  test: 'tests of S3',
};

function droppedLine({ dropped }: IntakeCounts): string[] {
  const some = EVENT_DROPS.filter((drop) => dropped[drop] > 0).map((drop) => `${grouped(dropped[drop])} ${DROPPED[drop]}`);
  return some.length === 0 ? [] : [`dropped: ${some.join(', ')}`];
}

function unreadableLine({ unreadable: { set_aside: aside, left } }: IntakeCounts): string[] {
  const said = [
    ...(aside === 0 ? [] : [`${grouped(aside)} in the dead-letter queue`]),
    ...(left === 0 ? [] : [`${grouped(left)} left to the redrive policy of the queue`]),
  ];
  return said.length === 0 ? [] : [`cannot be read: ${said.join(', ')}`];
}

/** @returns the totals, and which runs to watch. */
export function intakeLines({ counts, open }: IntakeEnd): string[] {
  const { messages, tiles, runs, removed } = counts;
  const count = (n: number, noun: string): string => quantity(n, noun, grouped);
  return [
    `taken in: ${count(messages, 'message')}, ${count(tiles, 'tile')} in ${count(runs, 'run')}; ${grouped(removed)} off the queue`,
    ...droppedLine(counts),
    ...unreadableLine(counts),
    ...open.map((runId) => `open: tilescribe watch ${runId}`),
  ];
}
