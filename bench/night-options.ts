import { RUN_DEFAULTS, type SceneOptions } from './run-options.ts';

/** What `bench night` may be asked. */
export interface NightOptions extends SceneOptions {
  /** Of the nightly run; two questions to each. */
  readonly tiles: number;
  /** Of the backfill, a run each. */
  readonly dates: number;
  /** Tiles of each date. */
  readonly dateTiles: number;
  /** Dates whose runs are open at once. */
  readonly atOnce: number;
  /** How long an idle container stays, seconds. */
  readonly scaledown: number;
  readonly json: boolean;
}

export const NIGHT_DEFAULTS = {
  ...RUN_DEFAULTS,
  mean: 4,
  tiles: 240,
  dates: 10,
  dateTiles: 12,
  atOnce: 2,
  scaledown: 4,
} as const satisfies NightOptions;

/** Of the interactive run. */
export const INTERACTIVE_TILES = 10;
