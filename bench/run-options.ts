/** What the services and S3 of a benchmark are like. */
export interface SceneOptions {
  /** Of a job at a service, seconds; the standard deviation is a third of it. */
  readonly mean: number;
  /** Jobs that run at once at a service. */
  readonly slots: number;
  /** Jobs that a service's one container admits. */
  readonly admitted: number;
  /** Added to every S3 request, ms. */
  readonly s3Latency: number;
  /** How long an idle container stays, seconds; as everywhere else unless told. */
  readonly scaledown?: number;
  /** A file for the services' journal. */
  readonly journal?: string;
}

/** What `bench run` may be asked. */
export interface RunOptions extends SceneOptions {
  readonly tiles: number;
  /** Tasks asked of each tile; the first is a caption, the second a question, and so on by turns. */
  readonly tasks: number;
  readonly json: boolean;
}

export const RUN_DEFAULTS = {
  tiles: 1_000,
  tasks: 2,
  mean: 1.5,
  slots: 16,
  admitted: 24,
  s3Latency: 50,
  json: false,
} as const satisfies RunOptions;
