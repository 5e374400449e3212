/**
 * Which runs of events are, or are about to be, open: one object of the output that is replaced only as it was read. So
 * of any two batches one is there before the other, and the later one has seen the earlier one before it counts.
 */

/** A run that was announced, before anybody started it. */
export interface Claim {
  /** Of no other claim, also where a run is announced again. */
  readonly n: number;
  readonly runId: string;
}

export interface IntakeRegister {
  /** The number of the next claim. */
  readonly next: number;
  /** Of runs that nobody knows to have ended. */
  readonly claims: readonly Claim[];
}

export const EMPTY_REGISTER: IntakeRegister = { next: 0, claims: [] };

/** @returns a name that no other claim has, also where the register was made anew. */
export function claimName({ n, runId }: Claim): string {
  return `${n}/${runId}`;
}

/** @returns the register with one more claim, whose number is its `next`; without those that have ended. */
export function withClaim({ next, claims }: IntakeRegister, runId: string, ended: ReadonlySet<string>): IntakeRegister {
  return { next: next + 1, claims: [...claims.filter((claim) => !ended.has(claimName(claim))), { n: next, runId }] };
}

/** @returns the register as it is written. */
export function registerText({ next, claims }: IntakeRegister): string {
  return `${JSON.stringify({ schema_version: 1, next, claims: claims.map(({ n, runId }) => ({ n, run_id: runId })) })}\n`;
}
