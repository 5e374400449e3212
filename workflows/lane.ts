import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { nextStep, type LastSlice, type StrandLoop } from '../domain/strand-loop.ts';
import type { RunControl } from './control.ts';
import { advance } from './proxies.ts';

type Mode = 'work' | 'collect' | 'abandon';

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
  const result = await slice(control, loop, mode);
  if (result === null) return;
  loop.mode = mode;
  loop.last = result;
  control.took(loop);
  if (result.waitMs > 0 && !result.done) await control.changedWithin(result.waitMs);
}

/** @returns null where an order came before the slice had begun. */
async function slice(control: RunControl, loop: StrandLoop, mode: Mode): Promise<LastSlice | null> {
  loop.turn += 1;
  const { lane, strand, turn: n, resumed, last } = loop;
  const { ref, execution } = control;
  const scope = new CancellationScope({ cancellable: true });
  const release = control.interruptible(scope, mode);
  loop.resumed = false;
  const args = { run: ref, lane, strand, slice: last?.slice ?? 0, execution, turn: n, mode, untilMs: control.untilMs(), resumed };
  try {
    return await scope.run(() => advance(args));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    loop.resumed = resumed;
    return null;
  } finally {
    release();
  }
}

/** Works every strand of every lane until its loop is over. */
export async function runLanes(control: RunControl): Promise<void> {
  await Promise.all(control.loops.map((loop) => runStrand(control, loop)));
}
