import type { Clock } from '../../ports/clock.ts';

/** A moment on both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** @returns this moment. */
export function moment(clock: Clock): Moment {
  return { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
}

/** @returns ms since then: the larger of what both clocks say, since a suspended machine stops one of them. */
export function elapsedMs(clock: Clock, since: Moment): number {
  return Math.max(clock.monotonicMs() - since.monotonicMs, clock.now() - since.wallMs);
}
