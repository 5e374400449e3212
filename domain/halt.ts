/** Why a lane stops, with the exit code of an attached `run` (contract sections 5 and 6). */
export const HALTS = {
  credentials: { exitCode: 3 },
  gone: { exitCode: 4 },
  unreachable: { exitCode: 4 },
  failures: { exitCode: 1 },
} as const satisfies Record<string, { exitCode: number }>;
export type HaltCode = keyof typeof HALTS;

/** A lane's halt, for people: what was seen and what to do about it. */
export interface Halt {
  readonly code: HaltCode;
  readonly message: string;
  readonly action: string;
  /** Polling is refused too, so nothing can be collected before `resume`. */
  readonly blind: boolean;
}
