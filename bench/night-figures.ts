import { SECOND_MS, sum } from '../domain/units.ts';
import { jobsPerQuestion } from '../local/services/analysis.ts';
import { gpusByContainers, gpusByRule, peakGpus, type GpuFigures } from '../local/services/gpu-time.ts';
import type { JournalEvent } from '../local/services/journal.ts';
import { ASKERS, nightJobs, type Asker, type NightJob } from './night-jobs.ts';
import type { RunTimes } from './run-execution.ts';

/** What happened at the services while some runs went on, and nothing else did. */
export interface Act {
  readonly events: readonly JournalEvent[];
  /** The interactive run or the night; the night's where both were there. */
  readonly runs: Readonly<Partial<Record<Asker, RunTimes>>>;
}

/** The three acts of the simulated night. */
export interface Acts {
  readonly interactiveAlone: Act;
  readonly nightAlone: Act;
  readonly together: Act;
}

/** What somebody who waits for a run sees; seconds since it was started. */
export interface Waiting {
  readonly firstSubmit: number;
  readonly firstAnswer: number;
  readonly lastAnswer: number;
  /** Merged, reported, closed. */
  readonly complete: number;
}

/** How long a run had the services; seconds. */
export interface Duration {
  /** From its start to its first submit. */
  readonly firstSubmit: number;
  /** From its first submit to its last job done. */
  readonly makespan: number;
  /** From its start to its end. */
  readonly complete: number;
}

/** Shares of the slots of all services, 0 to 1. */
export interface Use {
  readonly services: Readonly<Record<string, number>>;
  readonly all: number;
}

/** What of the slots somebody had, and how many jobs that were. */
export interface AskerShare {
  readonly asker: Asker;
  readonly jobs: number;
  /** Of the slots in use while the night ran. */
  readonly share: number;
}

/** Everything that the simulated night found. */
export interface NightFigures {
  readonly interactive: { readonly alone: Waiting; readonly together: Waiting };
  readonly night: { readonly alone: Duration; readonly together: Duration };
  /** Makespan among others over makespan alone. */
  readonly slowdown: number;
  readonly use: {
    readonly nightAlone: Use;
    /** From the night's first submit to its last job, all askers. */
    readonly whileTheNightRan: Use;
    /** From the first submit to the last job of all. */
    readonly together: Use;
  };
  readonly shares: readonly AskerShare[];
  readonly gpus: { readonly byRule: number; readonly byContainers: number };
  /** Jobs beyond one for each question. */
  readonly moreJobs: number;
}

/** What the services are, for the figures. */
export interface NightServices {
  /** Jobs that run at once at each. */
  readonly slots: number;
  readonly gpuFigures: GpuFigures;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function spanOf(jobs: readonly NightJob[]): Span {
  if (jobs.length === 0) throw new Error('No job of the benchmark was done.');
  const fromMs = Math.min(...jobs.map(({ acceptedAtMs }) => acceptedAtMs));
  return { fromMs, toMs: Math.max(...jobs.map(({ doneAtMs }) => doneAtMs)) };
}

function of(asker: Asker, jobs: readonly NightJob[]): NightJob[] {
  return jobs.filter((job) => job.asker === asker);
}

function busyMs(jobs: readonly NightJob[], { fromMs, toMs }: Span): number {
  return sum(jobs.map((job) => Math.max(0, Math.min(job.doneAtMs, toMs) - Math.max(job.startedAtMs, fromMs))));
}

/** @param jobs of everybody. @returns how far slots were in use in a span of time. */
export function useOf(jobs: readonly NightJob[], span: Span, { slots, gpuFigures }: NightServices): Use {
  const room = slots * (span.toMs - span.fromMs);
  const entries = Object.keys(gpuFigures).map((name) => {
    const own = jobs.filter(({ service }) => service === name);
    return [name, busyMs(own, span) / room] as const;
  });
  return { services: Object.fromEntries(entries), all: busyMs(jobs, span) / (room * entries.length) };
}

function sharesOf(jobs: readonly NightJob[], span: Span): AskerShare[] {
  const all = busyMs(jobs, span);
  return ASKERS.map((asker) => {
    const own = of(asker, jobs);
    return { asker, jobs: own.length, share: busyMs(own, span) / all };
  });
}

function timesOf({ runs }: Act, asker: Asker): RunTimes {
  const times = runs[asker];
  if (times === undefined) throw new Error(`There was no run of ${asker}.`);
  return times;
}

function waitingOf(act: Act): Waiting {
  const { startedAtMs, endedAtMs } = timesOf(act, 'interactive');
  const jobs = of('interactive', nightJobs(act.events));
  const since = (atMs: number): number => (atMs - startedAtMs) / SECOND_MS;
  const answers = jobs.map(({ answeredAtMs }) => answeredAtMs);
  return {
    firstSubmit: since(spanOf(jobs).fromMs),
    firstAnswer: since(Math.min(...answers)),
    lastAnswer: since(Math.max(...answers)),
    complete: since(endedAtMs),
  };
}

function durationOf(act: Act): Duration {
  const { startedAtMs, endedAtMs } = timesOf(act, 'night');
  const { fromMs, toMs } = spanOf(of('night', nightJobs(act.events)));
  const [firstSubmit, makespan, complete] = [fromMs - startedAtMs, toMs - fromMs, endedAtMs - startedAtMs];
  return { firstSubmit: firstSubmit / SECOND_MS, makespan: makespan / SECOND_MS, complete: complete / SECOND_MS };
}

function moreJobs({ events }: Act): number {
  return sum([...jobsPerQuestion(events).values()].map((jobs) => jobs - 1));
}

/** @param events of the services from their start on. @throws where a run asked nothing. */
export function nightFigures(acts: Acts, events: readonly JournalEvent[], services: NightServices): NightFigures {
  const [alone, together] = [acts.nightAlone, acts.together].map(({ events: own }) => nightJobs(own)) as [NightJob[], NightJob[]];
  const nightSpan = spanOf(of('night', together));
  const night = { alone: durationOf(acts.nightAlone), together: durationOf(acts.together) };
  return {
    interactive: { alone: waitingOf(acts.interactiveAlone), together: waitingOf(acts.together) },
    night,
    slowdown: night.together.makespan / night.alone.makespan,
    use: {
      nightAlone: useOf(alone, spanOf(alone), services),
      whileTheNightRan: useOf(together, nightSpan, services),
      together: useOf(together, spanOf(together), services),
    },
    shares: sharesOf(together, nightSpan),
    gpus: {
      byRule: peakGpus(gpusByRule(events, services.gpuFigures)).gpus,
      byContainers: peakGpus(gpusByContainers(events, services.gpuFigures)).gpus,
    },
    moreJobs: sum(Object.values(acts).map(moreJobs)),
  };
}
