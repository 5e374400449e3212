import { EMPTY_BUDGET, type Budget } from '../../domain/budget.ts';
import { callsOf } from '../../domain/calls.ts';
import type { Configured } from '../../domain/lease.ts';
import type { ServiceFigures } from '../../domain/service.ts';
import { settle } from '../../domain/settle.ts';
import { GpuJournal } from './gpu-journal.ts';
import { START } from './lease-reports.ts';
import { NightHolder, type NightWork } from './night-holder.ts';

/** What there is, and what is to be done. */
export interface NightPlan {
  readonly gpus: number;
  readonly services: Readonly<Record<string, ServiceFigures>>;
  readonly work: readonly NightWork[];
}

/** Strands, services and a budget in simulated time. Jobs run at once: a service is never sent more than it runs. */
export class SimulatedNight {
  budget: Budget = EMPTY_BUDGET;
  readonly startMs = START;
  now = START;
  readonly holders: readonly NightHolder[];
  readonly journal: GpuJournal;
  readonly #spans: { readonly service: string; readonly fromMs: number }[] = [];
  #lastEndMs = START;
  #slots = 0;

  constructor({ gpus, services, work }: NightPlan) {
    const longestScaledownSeconds = Math.max(...Object.values(services).map(({ scaledownSeconds }) => scaledownSeconds));
    this.journal = new GpuJournal(services);
    this.holders = work.map((one) => {
      const figures = services[one.service];
      if (figures === undefined) throw new Error(`no service ${one.service}`);
      const configured: Configured = { gpus, figures, guessed: false, longestScaledownSeconds };
      return new NightHolder(one, { configured, startMs: START });
    });
  }

  /** Runs until all is done, or for so long. */
  run(forMs = Infinity): this {
    const until = START + forMs;
    for (let next = this.#next(); next.nextAt() <= until && !next.over; next = this.#next()) {
      this.now = Math.max(this.now, next.nextAt());
      this.#wake(next);
    }
    return this;
  }

  #next(): NightHolder {
    return this.holders.reduce((first, one) => (one.nextAt() < first.nextAt() ? one : first));
  }

  #wake(holder: NightHolder): void {
    const { now } = this;
    const { service, jobMs } = holder.work;
    const report = holder.wakes(now);
    if (report !== null) {
      const { budget, reply } = settle(this.budget, report, { now, roll: 0.5 });
      this.budget = budget;
      if (!holder.over) holder.hears(reply, now);
      const calls = callsOf(budget, now);
      for (const one of this.holders) one.isCalled(calls, now);
    }
    for (const job of holder.submits(now)) {
      this.journal.add(service, 'jobs', job);
      if (this.#spans.at(-1)?.service !== service) this.#spans.push({ service, fromMs: now });
      this.#lastEndMs = Math.max(this.#lastEndMs, job.untilMs);
      this.#slots += jobMs;
    }
  }

  /** From the start to the end of the last job, s. */
  get makespanSeconds(): number {
    return (this.#lastEndMs - START) / 1_000;
  }

  /** How often another service than before is sent jobs. */
  get switches(): number {
    return Math.max(0, this.#spans.length - 1);
  }

  /** Time of all jobs together, s. */
  get jobSeconds(): number {
    return this.#slots / 1_000;
  }
}
