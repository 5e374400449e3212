import type { LeaseReply, LeaseReport } from '../domain/lease.ts';

/** Where leases are had: the one budget of the namespace. Throws where it cannot be reached: then nothing is granted. */
export interface LeaseDesk {
  report(report: LeaseReport): Promise<LeaseReply>;
}
