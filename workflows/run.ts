import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { FinalizeResult } from '../activities/finalize/finalize.ts';
import type { Opened } from '../activities/index.ts';
import { detailsOf } from '../domain/details.ts';
import { finishedStatus, type RunState, type RunStatus, statusOf } from '../domain/progress.ts';
import { loopsOf } from '../domain/strand-loop.ts';
import { SEARCH_ATTRIBUTES } from '../domain/temporal-names.ts';
import { RunControl, type Carried } from './control.ts';
import { runLanes } from './lane.ts';
import { mergeRanges } from './merging.ts';
import { pause, resume, status } from './messages.ts';
import { enumerate, finalize, openRun } from './proxies.ts';

/**
 * One run: opened, its input frozen, every strand of every lane worked slice by slice, every range merged, the balance
 * struck. Bytes, specs and lists of jobs stay in S3.
 *
 * @param spec the run spec as it was written (contract section 1).
 * @param carried what the run knew before it continued as new.
 * @returns the status at its end.
 */
export async function tilescribeRun(spec: unknown, carried?: Carried): Promise<RunStatus> {
  const run = new Run(carried);
  const cancelled = CancellationScope.current().cancelRequested;
  cancelled.catch(() => run.cancel());
  try {
    return await CancellationScope.nonCancellable(() => run.perform(spec));
  } catch (error) {
    throw plainly(error);
  }
}

class Run {
  #control: RunControl | null;
  /** Null while the loops decide it. */
  #state: RunState | null;
  #cancelRequested = false;
  #paused = false;
  #opened: Opened | null = null;

  constructor(carried: Carried | undefined) {
    this.#control = carried === undefined ? null : new RunControl(carried);
    this.#state = carried === undefined ? 'enumerating' : null;
    setHandler(status, () => this.#status());
    setHandler(pause, () => this.#pause());
    setHandler(resume, () => this.#resume());
  }

  cancel(): void {
    this.#cancelRequested = true;
    this.#control?.cancel();
  }

  async perform(spec: unknown): Promise<RunStatus> {
    if (this.#control === null) {
      const finished = await this.#open(spec);
      if (finished !== null) return finished;
    }
    const control = this.#control;
    if (control === null) throw ApplicationFailure.create({ message: 'the run was not opened', type: 'Internal' });
    this.#tell(control.state);
    await Promise.all([runLanes(control), mergeRanges(control), this.#closeInTime(control), this.#keepTelling(control)]);
    if (!control.finished) return this.#continue(spec, control);
    return this.#finish(control);
  }

  /** @returns the status of a run that had ended before, or null where there is work to do. */
  async #open(spec: unknown): Promise<RunStatus | null> {
    const { workflowId, startTime } = workflowInfo();
    const opened = await openRun({ spec, runId: workflowId, startedAt: startTime.toISOString() });
    this.#opened = opened;
    if (opened.finished !== null) return finishedStatus(opened.finished, opened.output);
    if (opened.searchAttributes) upsertSearchAttributes({ [SEARCH_ATTRIBUTES.dataset]: [opened.dataset] });
    this.#tell('enumerating');
    const input = await enumerate({ ref: opened.ref });
    this.#control = new RunControl({ opened, input, loops: loopsOf(opened.lanes), merged: 0, paused: this.#paused, samples: [] });
    this.#state = null;
    if (this.#cancelRequested) this.#control.cancel();
    return null;
  }

  async #finish(control: RunControl): Promise<RunStatus> {
    const state = control.cancelled ? 'cancelled' : 'complete';
    const totals = await finalize({ ...control.ref, state, endedAt: new Date().toISOString() });
    return this.#ended(control, totals);
  }

  #ended(control: RunControl, totals: FinalizeResult): RunStatus {
    this.#tell(totals.state);
    this.#state = totals.state;
    if (totals.state === 'cancelled') throw new CancelledFailure('The run was cancelled; its manifest names what was in flight.');
    return finishedStatus(totals, control.carried.opened.output, control.status(totals.state));
  }

  async #continue(spec: unknown, control: RunControl): Promise<RunStatus> {
    await sleep(1);
    await condition(allHandlersFinished);
    return continueAsNew<typeof tilescribeRun>(spec, control.carried);
  }

  /** Before the history is too long all slices get one common end, and nothing begins after it. */
  async #closeInTime(control: RunControl): Promise<void> {
    await condition(() => control.commonEndMs !== null || control.finished);
    const endMs = control.commonEndMs;
    if (endMs !== null) await condition(() => control.finished, Math.max(1, endMs - Date.now()));
    control.close();
  }

  /** Keeps the lists and the UI readable; free of charge. */
  async #keepTelling(control: RunControl): Promise<void> {
    let told: RunState | null = null;
    while (!control.closing) {
      const state = control.state;
      if (state !== told) this.#tell(state);
      told = state;
      setCurrentDetails(detailsOf(control.status(null)));
      const slices = control.slices;
      await condition(() => control.closing || control.state !== told || control.slices !== slices);
    }
  }

  #tell(state: RunState): void {
    const attributes = (this.#control?.carried.opened ?? this.#opened)?.searchAttributes === true;
    if (attributes) upsertSearchAttributes({ [SEARCH_ATTRIBUTES.state]: [state] });
  }

  #pause(): void {
    this.#paused = true;
    this.#control?.pause();
  }

  #resume(): void {
    this.#paused = false;
    this.#control?.resume();
  }

  #status(): RunStatus {
    if (this.#control !== null) return this.#control.status(this.#state);
    const nothing = { inputs: 0, tasks: 0, strands: [], samples: [], ranges: { done: 0, total: 0 } };
    return statusOf({ ...nothing, runId: workflowInfo().workflowId, state: 'enumerating', output: this.#opened?.output ?? null });
  }
}

/** A failed activity is told in its own words, also where it was tried until its time was over. */
function plainly(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) {
      return ApplicationFailure.create({ message: cause.message, type: cause.type ?? 'Internal', nonRetryable: true });
    }
  }
  return error;
}
