/** So many inputs were charged until a while ago, and their containers are held until a moment, ms. */
export interface Peak {
  readonly inputs: number;
  readonly untilMs: number;
}

/** @returns peaks that are not over, without those that a later and larger one covers; the largest and soonest first. */
export function withPeak(peaks: readonly Peak[], peak: Peak, now: number): Peak[] {
  const alive = peaks.filter(({ untilMs }) => untilMs > now);
  const higher = alive.filter(({ inputs, untilMs }) => inputs > peak.inputs || untilMs > peak.untilMs);
  const covered = alive.some(({ inputs, untilMs }) => inputs >= peak.inputs && untilMs >= peak.untilMs);
  return covered || peak.inputs === 0 || peak.untilMs <= now ? alive : [...higher, peak];
}

/** @returns the most inputs that count at a moment: those charged now, and those whose containers are still held. */
export function counted(charged: number, peaks: readonly Peak[], now: number): number {
  return Math.max(charged, ...peaks.filter(({ untilMs }) => untilMs > now).map(({ inputs }) => inputs));
}
