import { HALTS } from '../domain/halt.ts';
import type { RunStatus } from '../domain/progress.ts';

export const INTERRUPTED = 130;

/** @returns the exit code of a command that followed a run to this status. */
export function exitCodeOf(status: RunStatus): number {
  if (status.state === 'complete') return 0;
  const [halted] = status.halted_services;
  return status.state === 'halted' && halted !== undefined ? HALTS[halted.code].exitCode : 1;
}
