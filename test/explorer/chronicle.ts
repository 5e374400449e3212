import type { Clock } from '../../ports/clock.ts';

/** What happened in one world, in its order, for people. */
export class Chronicle {
  private readonly clock: Clock;
  private readonly beganMs: number;
  private readonly lines: string[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
    this.beganMs = clock.now();
  }

  /** @returns the event's number: later ones have greater ones. */
  note(text: string): number {
    const at = ((this.clock.now() - this.beganMs) / 1_000).toFixed(1).padStart(7);
    return this.lines.push(`${at} s  ${text}`);
  }

  toString(): string {
    return this.lines.join('\n');
  }
}
