import type { CancellationScope } from '@temporalio/workflow';
import type { Mode } from '../domain/strand-loop.ts';
import { SECOND_MS } from '../domain/units.ts';

/** Of its own choice; where TILESCRIBE_SLICE_SECONDS makes slices longer, the other strands wait for the last one. */
const LONGEST_SLICE_MS = 130 * SECOND_MS;

/** The slices of a run that go on at this moment, so that an order can interrupt them. */
export class OpenSlices {
  readonly #slices = new Map<CancellationScope, { lane: string; mode: Mode; sinceMs: number }>();

  /** @returns what takes it out again. */
  opened(scope: CancellationScope, lane: string, mode: Mode): () => void {
    this.#slices.set(scope, { lane, mode, sinceMs: Date.now() });
    return () => void this.#slices.delete(scope);
  }

  /** @param only the lane that the order is for; all of them unless told. */
  interrupt(modes: readonly Mode[], only?: string): void {
    for (const [scope, { lane, mode }] of this.#slices) {
      if (modes.includes(mode) && lane === (only ?? lane)) scope.cancel();
    }
  }

  /** When the last of them should have ended by itself, ms. */
  get lastEndMs(): number {
    const ends = [...this.#slices.values()].map(({ sinceMs }) => sinceMs + LONGEST_SLICE_MS);
    return Math.max(Date.now() + SECOND_MS, ...ends);
  }
}
