import { problemOf } from '../problem.ts';

/** What one check came to. */
export interface Finding {
  readonly check: string;
  readonly outcome: 'ok' | 'warning' | 'failed' | 'skipped';
  /** One sentence: what was seen. */
  readonly message: string;
  /** One sentence: what to do; null where nothing is to be done. */
  readonly fix: string | null;
  /** Of a failed check, as the command would end with it. */
  readonly exit_code: number;
}

export function ok(check: string, message: string): Finding {
  return { check, outcome: 'ok', message, fix: null, exit_code: 0 };
}

export function warning(check: string, message: string, fix: string): Finding {
  return { check, outcome: 'warning', message, fix, exit_code: 0 };
}

export function skipped(check: string, message: string): Finding {
  return { check, outcome: 'skipped', message, fix: null, exit_code: 0 };
}

/** What a check failed with: a sentence, what to do, and the exit code. */
export function failed(check: string, problem: Pick<Finding, 'message' | 'exit_code'> & { readonly fix: string }): Finding {
  return { check, outcome: 'failed', ...problem };
}

/** Runs a check; what it throws is its finding. @param fix what to do then. */
export async function examined(check: string, fix: string, examine: () => Promise<Finding>): Promise<Finding> {
  try {
    return await examine();
  } catch (error) {
    const { sentence, exitCode } = problemOf(error);
    return failed(check, { message: sentence, fix, exit_code: exitCode });
  }
}

/** @returns the exit code of the worst finding. */
export function worst(findings: readonly Finding[]): number {
  return Math.max(0, ...findings.map((finding) => finding.exit_code));
}
