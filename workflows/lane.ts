import { ActivityFailure, CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import { nextStep, type LastSlice, type Mode, type StrandLoop } from '../domain/strand-loop.ts';
import type { RunControl } from './control.ts';
import { advance } from './proxies.ts';

/** One strand's loop: a slice after the other, and a durable timer when nothing is due. */
async function runStrand(control: RunControl, loop: StrandLoop): Promise<void> {
  for (;;) {
    const step = nextStep(loop, control.orders(loop));
    if (step === 'over') return;
    if (step === 'rest') await control.changed();
    else await turn(control, loop, step);
  }
}

async function turn(control: RunControl, loop: StrandLoop, mode: Mode): Promise<void> {
  const { heard } = control;
  const result = await slice(control, loop, mode);
  if (result === null) {
    // Histories of an earlier version rest, or name all of it, here.
    if (patched('collects what was not heard of')) loop.unheard = true;
    return;
  }
  control.took(loop, mode, result);
  const waitMs = Math.min(result.waitMs, control.leftMs);
  if (waitMs > 0 && !result.done) await control.changedSince(heard, waitMs, result.waiting);
}

/** An attempt that an order has interrupted is not tried again, whatever it died of: the next slice goes on from the log. */
function interrupted(scope: CancellationScope, error: unknown): boolean {
  return isCancellation(error) || (scope.consideredCancelled && error instanceof ActivityFailure);
}

/** @returns null where an order came before the slice had begun, or before it could end. */
async function slice(control: RunControl, loop: StrandLoop, mode: Mode): Promise<LastSlice | null> {
  loop.turn += 1;
  const { lane, strand, turn: n, resumed, last } = loop;
  const { ref, execution } = control;
  const { priority } = control.carried.opened;
  const scope = new CancellationScope({ cancellable: true });
  const release = control.interruptible(scope, loop.lane, mode);
  loop.resumed = false;
  const { windowEndsMs } = control;
  const moments = { untilMs: control.untilMs(), ...(windowEndsMs !== null && { windowEndsMs }) };
  const args = { run: ref, lane, strand, slice: last?.slice ?? 0, execution, turn: n, mode, priority, ...moments, resumed };
  try {
    return await scope.run(() => advance(args));
  } catch (error) {
    if (!interrupted(scope, error)) throw error;
    loop.resumed ||= resumed;
    return null;
  } finally {
    release();
  }
}

/** Works every strand of every lane until its loop is over. */
export async function runLanes(control: RunControl): Promise<void> {
  await Promise.all(control.loops.map((loop) => runStrand(control, loop)));
}
