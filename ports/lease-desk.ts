import type { Calls } from '../domain/calls.ts';
import type { LeaseReply, LeaseReport } from '../domain/lease.ts';

/** Where leases are had: the one budget of the namespace. Throws where it cannot be reached: then nothing is granted. */
export interface LeaseDesk {
  report(report: LeaseReport): Promise<LeaseReply>;
  /** @returns whom the budget calls, as of some seconds ago; of a budget that nobody has started nobody. */
  calls(): Promise<Calls>;
}
