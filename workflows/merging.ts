import { condition } from '@temporalio/workflow';
import type { RunControl } from './control.ts';
import { merge } from './proxies.ts';

/** Merges every range in turn as soon as all lanes have passed it, beside the loops. */
export async function mergeRanges(control: RunControl): Promise<void> {
  const { carried } = control;
  while (carried.merged < carried.input.ranges) {
    await condition(() => control.closing || control.ready(carried.merged));
    if (!control.ready(carried.merged)) return;
    await merge({
      ...control.ref,
      range: carried.merged,
      ends: control.endsOf(carried.merged),
      partial: !control.passed(carried.merged),
    });
    carried.merged += 1;
  }
}
