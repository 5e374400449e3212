import { SECOND_MS } from '../domain/units.ts';
import { gpusByRule, peakGpus, type GpuFigures } from '../local/services/gpu-time.ts';
import type { JournalEvent } from '../local/services/journal.ts';
import type { BurstRecord } from './burst-objects.ts';
import { table, type Row } from './table.ts';

/** What became of a burst. Times are ms since 1970. */
export interface Burst {
  readonly objects: number;
  readonly messages: number;
  /** When the intakes were started, the queue was empty, and the last run had ended. */
  readonly startedAtMs: number;
  readonly takenInAtMs: number;
  readonly endedAtMs: number;
  readonly runs: number;
  /** Of every run. */
  readonly records: readonly BurstRecord[];
  readonly events: readonly JournalEvent[];
}

/** A burst in figures. */
export interface BurstFigures {
  readonly messages: number;
  readonly tiles: number;
  readonly runs: number;
  /** Objects without a record. */
  readonly lost: number;
  /** Objects that more than one run has asked about. */
  readonly doubled: number;
  /** Records that a run has from an earlier one, as the events came again. */
  readonly takenOver: number;
  readonly jobs: number;
  readonly gpus: number;
  /** Seconds from the start of the intakes to the empty queue, and to the end of the last run. */
  readonly takenIn: number;
  readonly complete: number;
  readonly messagesPerSecond: number;
}

/** @returns what a burst came to. */
export function burstFigures(burst: Burst, figures: GpuFigures): BurstFigures {
  const { objects, messages, runs, records, events, startedAtMs, takenInAtMs, endedAtMs } = burst;
  const tiles = new Set(records.map(({ key }) => key)).size;
  const asked = records.filter(({ takenOver }) => !takenOver).map(({ key }) => key);
  const takenIn = (takenInAtMs - startedAtMs) / SECOND_MS;
  return {
    messages,
    tiles,
    runs,
    lost: objects - tiles,
    doubled: asked.length - new Set(asked).size,
    takenOver: records.length - asked.length,
    jobs: events.filter(({ event }) => event === 'accepted').length,
    gpus: peakGpus(gpusByRule(events, figures)).gpus,
    takenIn,
    complete: (endedAtMs - startedAtMs) / SECOND_MS,
    messagesPerSecond: messages / takenIn,
  };
}

const NAMES: Readonly<Record<keyof BurstFigures, string>> = {
  messages: 'messages, one event each',
  tiles: 'tiles with a record',
  runs: 'runs',
  lost: 'tiles lost',
  doubled: 'tiles asked by two runs',
  takenOver: 'tiles that came again and were taken over',
  jobs: 'jobs (one for each different picture of a strand)',
  gpus: 'GPUs at once, by the rule',
  takenIn: 'start of the intakes to the empty queue, s',
  complete: 'start of the intakes to the end of the last run, s',
  messagesPerSecond: 'messages taken in a second',
};

/** @returns the figures for people, as Markdown. */
export function burstTable(figures: BurstFigures): string {
  const names = Object.keys(NAMES) as (keyof BurstFigures)[];
  return table(
    ['what', 'value'],
    names.map((name): Row => [NAMES[name], figures[name]]),
  );
}
