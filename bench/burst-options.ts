import { RUN_DEFAULTS, type SceneOptions } from './run-options.ts';

/** What `bench burst` may be asked. */
export interface BurstOptions extends SceneOptions {
  /** Objects that are put, each with its event; one in twenty events comes twice. */
  readonly events: number;
  /** Different pictures among them: a run asks about each of them once. */
  readonly pictures: number;
  /** Tiles of a run. */
  readonly batch: number;
  readonly json: boolean;
}

export const BURST_DEFAULTS = {
  ...RUN_DEFAULTS,
  events: 10_000,
  pictures: 50,
  batch: 5_000,
  mean: 0.3,
  s3Latency: 0,
} as const satisfies BurstOptions;

/** That read one queue; the first is killed on the way and started again. */
export const INTAKES = 3;
