import { datesOf } from '../domain/backfill.ts';
import { plusDays } from '../domain/calendar.ts';
import type { Priority } from '../domain/spec.ts';
import { promptOf, type Asker } from './night-jobs.ts';
import { INTERACTIVE_TILES, type NightOptions } from './night-options.ts';
import { BUCKET } from './run-scene.ts';

/** The runs of the simulated night. */

/** A run: what it is called, and what it asks of which tiles. */
export interface NightRun {
  readonly runId: string;
  readonly asker: Asker;
  /** `night/` */
  readonly prefix: string;
  readonly tiles: number;
}

const PRIORITIES: Readonly<Record<Asker, Priority>> = { night: 'nightly', backfill: 'backfill', interactive: 'interactive' };
const FIRST_DATE = { year: 2026, month: 1, day: 1 };

/** @returns the spec of a run: a caption and an answer for each tile, by the asker's own words. */
export function specOf({ runId, asker, prefix }: NightRun): object {
  return {
    dataset: asker,
    input: { uri: `s3://${BUCKET}/${prefix}` },
    // A run takes over what another one of the same output has: the same night alone and among others asks twice.
    output: { uri: `s3://${BUCKET}/out/${runId}/` },
    tasks: [
      { id: 'caption', kind: 'caption', prompt: promptOf(asker, 'describe this tile.') },
      { id: 'water', kind: 'vqa', question: promptOf(asker, 'is there water?') },
    ],
    priority: PRIORITIES[asker],
  };
}

export function nightRun(runId: string, { tiles }: NightOptions): NightRun {
  return { runId, asker: 'night', prefix: 'night/', tiles };
}

export function interactiveRun(runId: string): NightRun {
  return { runId, asker: 'interactive', prefix: 'interactive/', tiles: INTERACTIVE_TILES };
}

/** @returns a run for each date, with the ids that a backfill gives them. */
export function backfillRuns({ dates, dateTiles }: NightOptions): NightRun[] {
  const days = { from: FIRST_DATE, to: plusDays(FIRST_DATE, dates - 1) };
  const plan = { name: 'backfill', ...days, at: { hour: 0, minute: 0 }, timeZone: 'UTC' };
  return datesOf(plan).map(({ runId, date }) => ({ runId, asker: 'backfill', prefix: `dates/${date}/`, tiles: dateTiles }));
}
