import { MIB } from '../domain/units.ts';
import type { Measured } from './measure.ts';
import type { S3Figures } from './s3-figures.ts';
import type { S3Bytes } from './s3-relay.ts';
import { S3_OPERATIONS, type S3Operation } from './s3-request.ts';
import { table, type Row } from './table.ts';

/** Requests by kind, and bytes of bodies to the server and from it. */
export interface Passed extends S3Bytes {
  readonly requests: Readonly<Record<S3Operation, number>>;
}

type Seen = Pick<S3Figures, 'counts'> & S3Bytes;

function requestsOf({ counts }: Seen, operation: S3Operation): number {
  return Object.values(counts).reduce((sum, of) => sum + (of[operation] ?? 0), 0);
}

/** @returns what passed a relay between two looks at it. */
export function passedBetween(before: Seen, after: Seen): Passed {
  const counted = S3_OPERATIONS.map((name) => [name, requestsOf(after, name) - requestsOf(before, name)] as const);
  const requests = Object.fromEntries(counted) as Record<S3Operation, number>;
  return { requests, sent: after.sent - before.sent, received: after.received - before.received };
}

/** A case that was measured. */
export interface OutputFigure extends Measured {
  readonly records: number;
  readonly name: string;
  /** Tiles or records that the work went through. */
  readonly through: number;
  readonly passed: Passed;
}

/** Kinds of requests that a plan or the current view make. */
const SHOWN = ['LIST', 'GET', 'HEAD', 'PUT'] as const satisfies readonly S3Operation[];

const COUNT = new Intl.NumberFormat('en');

function shown(count: number): string {
  return COUNT.format(Math.round(count));
}

function grown([before, highest]: readonly [before: number, highest: number]): string {
  return `${shown(before / MIB)} + ${shown((highest - before) / MIB)}`;
}

function row({ records, name, through, taken, pages, passed }: OutputFigure): Row {
  const { seconds, cpuSeconds, resident, heap } = taken;
  const { requests, sent, received } = passed;
  return [
    shown(records),
    name,
    seconds.toFixed(1),
    shown(through / seconds),
    cpuSeconds.toFixed(1),
    grown(resident),
    grown(heap),
    ...SHOWN.map((operation) => shown(requests[operation] + (operation === 'LIST' ? pages : 0))),
    shown(received / MIB),
    shown(sent / MIB),
  ];
}

/** @param through what `through` counts: `tiles`, `records`. @returns the figures for people, as Markdown. */
export function outputTable(through: string, figures: readonly OutputFigure[]): string {
  const memory = ['memory, MiB', 'heap, MiB'];
  const head = ['records', 'case', 'time, s', `${through} a second`, 'CPU, s', ...memory, ...SHOWN, 'read, MiB', 'written, MiB'];
  return table(head, figures.map(row));
}

/** @throws Error where the work did not do what it was measured for. */
export function requireSeen(name: string, saw: Measured['saw'], expected: Measured['saw']): void {
  for (const [what, count] of Object.entries(expected)) {
    if (saw[what] !== count) throw new Error(`"${name}" gave ${saw[what] ?? 'no'} ${what}; ${count} were laid.`);
  }
}
