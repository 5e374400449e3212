import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Enumerated } from '../activities/enumerate.ts';
import type { FinalizeArgs } from '../activities/finalize/finalize.ts';
import type { Opened } from '../activities/index.ts';
import { detailsOf } from '../domain/details.ts';
import { finishedStatus, type RunState, type RunStatus, type RunTotals, statusOf } from '../domain/progress.ts';
import type { RunRef } from '../domain/run.ts';
import { lightened, loopsOf } from '../domain/strand-loop.ts';
import { SEARCH_ATTRIBUTES } from '../domain/temporal-names.ts';
import { RunControl, type Carried } from './control.ts';
import { runLanes } from './lane.ts';
import { mergeRanges } from './merging.ts';
import { pause, places, resume, status } from './messages.ts';
import { openingOf, triggerOf } from './opening.ts';
import { enumerate, finalize, harvest, openRun } from './proxies.ts';
import { plainly } from './told-failure.ts';

/**
 * One run: opened, its input frozen, every strand of every lane worked slice by slice, every range merged, the balance
 * struck. Bytes, specs and lists of jobs stay in S3.
 *
 * @param spec the run spec as it was written (contract section 1).
 * @param carried what the run knew before it continued as new.
 * @returns the status at its end.
 */
export async function tilescribeRun(spec: unknown, carried?: Carried): Promise<RunStatus> {
  const continues = workflowInfo().continuedFromExecutionRunId !== undefined;
  const run = new Run(continues ? carried : undefined);
  const cancelled = CancellationScope.current().cancelRequested;
  cancelled.catch(() => run.cancel());
  try {
    // Only a run that continues as new knows more than its spec: anything else is a slip of whoever started it.
    if (carried !== undefined && !continues)
      throw ApplicationFailure.create({ type: 'InvalidSpec', message: ONE_ARGUMENT, nonRetryable: true });
    return await CancellationScope.nonCancellable(() => run.perform(spec));
  } catch (error) {
    const told = plainly(error);
    if (!isCancellation(told)) run.fail(told);
    throw told;
  }
}

const ONE_ARGUMENT =
  'tilescribeRun has one argument, the run spec or what names it, and was given more. Start it again with a single --input.';

class Run {
  #control: RunControl | null;
  #cancelRequested = false;
  #paused = false;
  #final: RunStatus | null = null;
  /** What comes before the lanes; cancelled with the workflow. */
  readonly #preparing = new CancellationScope();
  #opened: Opened | null = null;

  constructor(carried: Carried | undefined) {
    this.#control = carried === undefined ? null : new RunControl(carried);
    setHandler(status, () => this.#status());
    setHandler(pause, () => this.#pause());
    setHandler(resume, () => this.#resume());
    setHandler(places, () => this.#control?.hearOfPlaces());
  }

  /** Lists and the UI say how it ended, also where it never began. */
  fail(error: unknown): void {
    setCurrentDetails(`**failed** ${error instanceof Error ? error.message : String(error)}`);
    if (patched('tells failed')) this.#tell('failed');
  }

  cancel(): void {
    this.#cancelRequested = true;
    this.#control?.cancel();
  }

  async perform(spec: unknown): Promise<RunStatus> {
    if (this.#control === null) {
      const ended = await this.#open(spec);
      if (ended !== null) return ended;
    }
    const control = this.#control;
    if (control === null) throw ApplicationFailure.create({ message: 'the run was not opened', type: 'Internal' });
    await this.#work(control);
    if (!control.finished) await this.#continue(spec, control);
    // Here is still something to do where the run was cancelled, or its last slice ended, after that was decided.
    await this.#work(control);
    return this.#finish(control);
  }

  async #work(control: RunControl): Promise<void> {
    const [lanes, ranges] = [runLanes(control), mergeRanges(control)];
    await Promise.all([lanes, ranges, this.#closeInTime(control), this.#endWindow(control), this.#keepTelling(control)]);
  }

  /** @returns the status of a run that had ended before or was cancelled before it had its input; null where there is work. */
  async #open(spec: unknown): Promise<RunStatus | null> {
    const opened = await openRun(spec, openingOf(workflowInfo()));
    this.#opened = opened;
    if (opened.finished !== null) return this.#endedBefore(opened, opened.finished);
    this.#introduce(opened);
    this.#tell('enumerating');
    const input = await this.#enumerated(opened.ref);
    if (input === null) return this.#close(opened, 'cancelled');
    await this.#harvested(opened.ref);
    const samples = [{ atMs: Date.now(), ended: 0 }];
    this.#control = new RunControl({ opened, input, loops: loopsOf(opened.lanes), merged: 0, paused: this.#paused, samples });
    if (this.#cancelRequested) this.#control.cancel();
    return null;
  }

  #endedBefore(opened: Opened, totals: RunTotals): RunStatus {
    this.#final = finishedStatus(totals, opened.output);
    if (patched('tells finished')) {
      this.#introduce(opened);
      this.#tell(totals.state);
      setCurrentDetails(detailsOf(this.#final));
    }
    return this.#final;
  }

  /** What lists show of a run from its first moment. */
  #introduce({ searchAttributes, dataset, memo }: Opened): void {
    const info = workflowInfo();
    if (searchAttributes)
      upsertSearchAttributes({ [SEARCH_ATTRIBUTES.dataset]: [dataset], [SEARCH_ATTRIBUTES.trigger]: [triggerOf(info)] });
    // The command and schedules have said it when they started the run.
    if (memo !== undefined && info.memo?.['dataset'] === undefined) upsertMemo({ ...memo });
  }

  /** @returns null where the run was cancelled before its input was frozen. */
  async #enumerated(ref: RunRef): Promise<Enumerated | null> {
    if (this.#cancelRequested) return null;
    try {
      return await this.#preparing.run(() => enumerate({ ref }));
    } catch (error) {
      if (this.#preparing.consideredCancelled) return null;
      throw error;
    }
  }

  /** A run that is cancelled takes over nothing more. */
  async #harvested(ref: RunRef): Promise<void> {
    if (this.#cancelRequested) return;
    try {
      await this.#preparing.run(() => harvest({ ref }));
    } catch (error) {
      if (!this.#preparing.consideredCancelled) throw error;
    }
  }

  #finish(control: RunControl): Promise<RunStatus> {
    return this.#close(control.carried.opened, control.cancelled ? 'cancelled' : 'complete');
  }

  async #close({ ref, output }: Opened, state: FinalizeArgs['state']): Promise<RunStatus> {
    const cut = this.#control?.cut === true ? { cut: true as const } : {};
    const totals = await finalize({ ...ref, state, ...cut, endedAt: new Date().toISOString() });
    this.#tell(totals.state);
    this.#final = finishedStatus(totals, output, this.#control?.status(totals.state));
    setCurrentDetails(detailsOf(this.#final));
    if (totals.state === 'cancelled') throw new CancelledFailure('The run was cancelled; its manifest names what was in flight.');
    return this.#final;
  }

  /** Returns only where the run was cancelled meanwhile: the request belongs to this execution, so that it ends here. */
  async #continue(spec: unknown, control: RunControl): Promise<void> {
    await sleep(1);
    await condition(allHandlersFinished);
    const carried = { ...control.carried, loops: lightened(control.loops) };
    if (!control.ended) await continueAsNew<typeof tilescribeRun>(spec, carried);
  }

  /** Before the history is too long all slices get one common end, and nothing begins after it. */
  async #closeInTime(control: RunControl): Promise<void> {
    await condition(() => control.commonEndMs !== null || control.finished);
    const endMs = control.commonEndMs;
    if (endMs !== null && !control.finished) await condition(() => control.finished, Math.max(1, endMs - Date.now()));
    control.close();
  }

  /** Strands stop by themselves when nothing more would be done in time; whoever waits, is paused or halted, ends here. */
  async #endWindow(control: RunControl): Promise<void> {
    const endMs = control.windowEndsMs;
    if (endMs === null || control.finished) return;
    const over = await condition(() => control.closing || control.finished, Math.max(1, endMs - Date.now()));
    if (!over) control.endWindow();
  }

  /** Keeps the lists and the UI readable; free of charge. */
  async #keepTelling(control: RunControl): Promise<void> {
    let told: RunState | null = null;
    while (!control.closing) {
      const state = control.state;
      if (state !== told) this.#tell(state);
      told = state;
      setCurrentDetails(detailsOf(control.status(null)));
      const slices = control.slicesTaken;
      await condition(() => control.closing || control.state !== told || control.slicesTaken !== slices);
    }
  }

  #tell(state: RunState): void {
    const opened = this.#control?.carried.opened ?? this.#opened;
    // Before it is opened a run knows of them only where it was started with them.
    const attributes =
      opened === null ? workflowInfo().searchAttributes[SEARCH_ATTRIBUTES.state] !== undefined : opened.searchAttributes;
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
    if (this.#final !== null) return this.#final;
    if (this.#control !== null) return this.#control.status(null);
    const nothing = { inputs: 0, tasks: 0, strands: [], samples: [], ranges: { done: 0, total: 0 } };
    const state = this.#cancelRequested ? 'cancelling' : 'enumerating';
    return statusOf({ ...nothing, runId: workflowInfo().workflowId, state, output: this.#opened?.output ?? null });
  }
}
