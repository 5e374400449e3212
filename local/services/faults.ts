import { rollOf } from './chance.ts';

/** The calls of the documents. */
export type Call = 'submit' | 'poll' | 'sync' | 'health';

/**
 * When a fault strikes: `door` before a byte of the body was read; `instead` of the work, after reading; `after` the
 * work was done, spoiling the reply only; `job` inside the job.
 */
export type Stage = 'door' | 'instead' | 'after' | 'job';

interface FaultRow {
  readonly stage: Stage;
  /** The calls that it strikes unless it says otherwise. */
  readonly calls: readonly Call[];
  readonly does: string;
}

const ANY = ['submit', 'poll', 'sync', 'health'] as const;
const ASKING = ['submit', 'sync'] as const;

/** Every fault that can be had; `docs/simulated-services.md` lists the same. */
export const FAULTS = {
  reset: { stage: 'door', calls: ANY, does: 'the connection is reset before the request is read' },
  silence: { stage: 'instead', calls: ANY, does: 'no reply ever comes, and nothing was done' },
  error_500: { stage: 'instead', calls: ANY, does: '500 {error, traceback}, the same text each time or, with "varied", another' },
  bad_gateway: { stage: 'instead', calls: ANY, does: '502 with text' },
  too_many: { stage: 'instead', calls: ANY, does: '429, with Retry-After where retryAfterSeconds is given' },
  unavailable: { stage: 'instead', calls: ANY, does: '503, with Retry-After where retryAfterSeconds is given' },
  unauthorized: { stage: 'instead', calls: ANY, does: '401' },
  forbidden: { stage: 'instead', calls: ANY, does: '403' },
  gone: { stage: 'instead', calls: ANY, does: '404 text "modal-http: ...": the deployment is gone' },
  html: { stage: 'instead', calls: ANY, does: '200 with an HTML page' },
  redirect_elsewhere: { stage: 'instead', calls: ANY, does: '307 to another origin' },
  redirect_same: { stage: 'instead', calls: ANY, does: '308 to the same path with a query, where the request is answered' },
  rejected: { stage: 'instead', calls: ASKING, does: '422 {detail}' },
  too_large: { stage: 'instead', calls: ASKING, does: '413' },
  accepted_reset: { stage: 'after', calls: ASKING, does: 'the job is made, then the connection is reset' },
  accepted_silence: { stage: 'after', calls: ASKING, does: 'the job is made, and no reply ever comes' },
  accepted_bad_gateway: { stage: 'after', calls: ASKING, does: 'the job is made, and the reply is 502 with text' },
  see_other: { stage: 'after', calls: ASKING, does: '303 to a URL whose GET gives the reply, after "hops" more of them' },
  half_json: { stage: 'after', calls: ANY, does: 'the first half of the reply; of a submit, the job is made' },
  slow_body: { stage: 'after', calls: ANY, does: 'the reply comes in ten pieces, delaySeconds apart' },
  late: { stage: 'after', calls: ANY, does: 'the reply comes delaySeconds late; of a submit, the job is made at once' },
  huge_body: { stage: 'after', calls: ANY, does: '200 with "bytes" of text, 100 MB unless said, streamed' },
  expired: { stage: 'instead', calls: ['poll'], does: '404 {error}: the result expired' },
  pending: { stage: 'instead', calls: ['poll'], does: '202, whatever became of the job' },
  no_choices: { stage: 'after', calls: ['poll', 'sync'], does: '200 without choices, once the job is done' },
  null_content: { stage: 'after', calls: ['poll', 'sync'], does: '200 with content null, once the job is done' },
  empty_text: { stage: 'after', calls: ['poll', 'sync'], does: '200 with an empty answer, once the job is done' },
  job_fails: { stage: 'job', calls: ASKING, does: 'the job fails, and every poll answers the same 500 {error, traceback}' },
  job_times_out: { stage: 'job', calls: ASKING, does: 'the job runs into its time limit, and polls answer 500' },
  job_lost: { stage: 'job', calls: ASKING, does: 'the job ends with a TimeoutError, and polls answer 202 for ever' },
  job_preempted: {
    stage: 'job',
    calls: ASKING,
    does: 'half through, its container is taken away, once; all jobs in it start again',
  },
} as const satisfies Record<string, FaultRow>;

export type FaultName = keyof typeof FAULTS;

/** A fault to be had, and when. Everything that is given must fit. */
export interface Fault {
  readonly fault: FaultName;
  /** One of its calls only. */
  readonly call?: Call;
  /** In [0, 1]; 1 unless said. */
  readonly probability?: number;
  /** What is rolled for: each request, each job once, or each picture once; by default a job's faults roll for the job. */
  readonly rollFor?: 'request' | 'job' | 'picture';
  /** Only the nth, counted from 1, of the requests that fit otherwise. */
  readonly nth?: number | readonly number[];
  /** At most so often. */
  readonly times?: number;
  /** The prompt contains it. */
  readonly prompt?: string;
  /** The sha256 of the picture begins with it. */
  readonly sha256?: string;
  readonly retryAfterSeconds?: number;
  readonly delaySeconds?: number;
  readonly bytes?: number;
  readonly hops?: number;
  /** Of `error_500` and `job_fails`. */
  readonly error?: string;
  readonly varied?: boolean;
}

/** What a fault may be chosen by. What is not known yet, or belongs to no picture, is null. */
export interface Occasion {
  readonly call: Call;
  readonly stage: Stage;
  /** The job's number at its service. */
  readonly job: number | null;
  readonly prompt: string | null;
  readonly sha256: string | null;
}

/** Decides which fault strikes; counts what it has seen, so that `nth` and `times` mean something. */
export class FaultPlan {
  readonly #seed: string;
  readonly #faults: readonly Fault[];
  readonly #seen: number[];
  readonly #struck: number[];

  constructor(seed: string, faults: readonly Fault[]) {
    this.#seed = seed;
    this.#faults = faults;
    this.#seen = faults.map(() => 0);
    this.#struck = faults.map(() => 0);
  }

  /** @returns the first fault that fits the occasion, or null. */
  strike(occasion: Occasion): Fault | null {
    return this.#faults.find((fault, index) => this.#strikes(fault, index, occasion)) ?? null;
  }

  #strikes(fault: Fault, index: number, occasion: Occasion): boolean {
    if (!fits(fault, occasion)) return false;
    const count = (this.#seen[index] ?? 0) + 1;
    this.#seen[index] = count;
    if (fault.nth !== undefined && ![fault.nth].flat().includes(count)) return false;
    if (fault.times !== undefined && (this.#struck[index] ?? 0) >= fault.times) return false;
    if (rollOf(this.#seed, index, rolledFor(fault, occasion) ?? count) >= (fault.probability ?? 1)) return false;
    this.#struck[index] = (this.#struck[index] ?? 0) + 1;
    return true;
  }
}

function fits(fault: Fault, occasion: Occasion): boolean {
  const row: FaultRow = FAULTS[fault.fault];
  if (row.stage !== occasion.stage || !row.calls.includes(occasion.call)) return false;
  if (fault.call !== undefined && fault.call !== occasion.call) return false;
  if (fault.prompt !== undefined && occasion.prompt?.includes(fault.prompt) !== true) return false;
  return fault.sha256 === undefined || occasion.sha256?.startsWith(fault.sha256) === true;
}

function rolledFor(fault: Fault, occasion: Occasion): string | number | null {
  const by = fault.rollFor ?? (FAULTS[fault.fault].stage === 'job' ? 'job' : 'request');
  return { request: null, job: occasion.job, picture: occasion.sha256 }[by];
}
