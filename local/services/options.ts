import type { Fault } from './faults.ts';
import type { Latency } from './chance.ts';

/** One simulated service. Times are seconds and may be fractions. */
export interface SimulatedServiceOptions {
  /** How it answers: sentences about the picture, or a short answer to the question. */
  readonly answers: 'caption' | 'vqa';
  readonly model: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly gpusPerContainer: number;
  /** Inputs that one container admits; one more starts another container. */
  readonly inputsPerContainer: number;
  /** Admitted inputs that run at once in a container. */
  readonly slots: number;
  readonly maxContainers: number | null;
  readonly coldStartSeconds: number;
  readonly scaledownSeconds: number;
  /** A job that runs longer fails. */
  readonly timeoutSeconds: number;
  /** How long a result can be had after the job is done. */
  readonly retentionSeconds: number;
  readonly latency: Latency;
  /** The HTTP front end runs on GPU containers of its own, which scale with the requests that are open. */
  readonly httpHoldsGpu: boolean;
  /** Requests that one container of such a front end admits. */
  readonly httpInputs: number;
  /** The edge answers a request that takes longer with 303. */
  readonly edgeSeconds: number;
  /** Headers without which every request is answered with 401. */
  readonly requiredHeaders: Readonly<Record<string, string>>;
  /** Where a picture that cannot be opened shows: the submit is refused, or the job fails. */
  readonly picturesOpenedAt: 'submit' | 'job';
  readonly faults: readonly Fault[];
}

/** What may be asked of a simulation; what is left out has its default. */
export interface SimulationOptions {
  /** The same seed gives the same latencies and faults to the same jobs in the same order. */
  readonly seed?: number;
  /** A file that the journal is appended to, one event a line. */
  readonly journalFile?: string;
  /** By name; without it there are `caption` and `vqa`. */
  readonly services?: Readonly<Record<string, Partial<SimulatedServiceOptions>>>;
}

/** A100 with an 8B vision model: 16 at a time in some 6 s; scaledown, timeout and retention as the documents say. */
const DEFAULTS: SimulatedServiceOptions = {
  answers: 'caption',
  model: 'qwen-caption-special',
  port: 0,
  gpusPerContainer: 1,
  inputsPerContainer: 24,
  slots: 16,
  maxContainers: null,
  coldStartSeconds: 20,
  scaledownSeconds: 300,
  timeoutSeconds: 600,
  retentionSeconds: 7 * 86_400,
  latency: { meanSeconds: 6, sdSeconds: 2 },
  httpHoldsGpu: false,
  httpInputs: 10,
  edgeSeconds: 150,
  requiredHeaders: {},
  picturesOpenedAt: 'submit',
  faults: [],
};

const VQA_DEFAULTS: SimulatedServiceOptions = {
  ...DEFAULTS,
  answers: 'vqa',
  model: 'qwen-vqa-special',
  latency: { meanSeconds: 1, sdSeconds: 0.3 },
};

/** @returns complete options; a service called after `vqa`, or told to answer so, starts from those defaults. */
export function completeOptions(name: string, given: Partial<SimulatedServiceOptions>): SimulatedServiceOptions {
  const answers = given.answers ?? (name.toLowerCase().includes('vqa') ? 'vqa' : 'caption');
  return { ...(answers === 'vqa' ? VQA_DEFAULTS : DEFAULTS), ...given, answers };
}

/** @returns every service of a simulation with complete options. */
export function completeServices(options: SimulationOptions): ReadonlyMap<string, SimulatedServiceOptions> {
  const given = Object.entries(options.services ?? { caption: {}, vqa: {} });
  return new Map(given.map(([name, partial]) => [name, completeOptions(name, partial)]));
}
