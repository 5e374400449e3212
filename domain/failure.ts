/** Why tilescribe stops, with the exit code of the contract (section 5) and whether trying again can help. */
export const FAILURES = {
  InvalidSpec: { exitCode: 2, retryable: false },
  InvalidConfiguration: { exitCode: 2, retryable: false },
  NotFound: { exitCode: 2, retryable: false },
  Denied: { exitCode: 3, retryable: false },
  Unreachable: { exitCode: 4, retryable: true },
  StrandLost: { exitCode: 1, retryable: true },
  Internal: { exitCode: 1, retryable: false },
} as const satisfies Record<string, { exitCode: number; retryable: boolean }>;
export type FailureKind = keyof typeof FAILURES;

/**
 * An error that is complete: one or more sentences that say what is wrong and what to do. Shown to people as it is;
 * a task's failure is never one of these, it is a record.
 */
export class Failure extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = kind;
    this.kind = kind;
  }
}
