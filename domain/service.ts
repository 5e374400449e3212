/** The HTTP interfaces a model service may speak; each has one codec in `adapters/services`. */
export const SERVICE_APIS = ['qwen-vl', 'chatvlmllm', 'vision-models', 'qwen3-text'] as const;
export type ServiceApi = (typeof SERVICE_APIS)[number];

/** What the GPU arithmetic, the lease desk and the deadlines need to know of a service. Times are seconds. */
export interface ServiceFigures {
  readonly gpusPerContainer: number;
  /** Inputs one container admits before the platform starts another. */
  readonly inputsPerContainer: number;
  /** A limit set at the platform; null where there is none. */
  readonly maxContainers: number | null;
  readonly scaledownSeconds: number;
  /** A job's time limit at the service. */
  readonly timeoutSeconds: number;
  readonly coldStartSeconds: number;
  /** Submits, polls and health checks at once, over all workers. */
  readonly httpInputs: number;
  /** The HTTP front end itself runs on a GPU container. */
  readonly httpHoldsGpu: boolean;
  /** Deadline of one HTTP request. */
  readonly requestSeconds: number;
}

/** A configured model service. */
export interface Service extends ServiceFigures {
  readonly name: string;
  readonly api: ServiceApi;
  /** Origin and path without a trailing slash. */
  readonly baseUrl: string;
  readonly model: string;
  /** Header name to `env:NAME`, the only form a secret may take. */
  readonly headers: Readonly<Record<string, string>>;
  /** Plain http to a host that is not loopback. */
  readonly insecure: boolean;
  /** Figures that nobody set and that therefore are guesses. */
  readonly assumed: readonly (keyof ServiceFigures)[];
}

/** The cap in GPUs and the services in the order in which they were configured. */
export interface Configuration {
  readonly gpus: number;
  readonly services: readonly Service[];
}

export const SERVICE_DEFAULTS: ServiceFigures = {
  gpusPerContainer: 1,
  inputsPerContainer: 1,
  maxContainers: null,
  scaledownSeconds: 300,
  timeoutSeconds: 600,
  coldStartSeconds: 180,
  httpInputs: 8,
  httpHoldsGpu: false,
  requestSeconds: 180,
};
