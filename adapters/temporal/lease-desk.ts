import type { Client } from '@temporalio/client';
import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { LEASE_UPDATE } from '../../domain/temporal-names.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import { updateBudget } from './budget-update.ts';

/** A report is answered within this, or its holder goes on without a grant. */
const ANSWER_MS = 20_000;

/** The budget of the client's namespace. */
export function createLeaseDesk(client: Client): LeaseDesk {
  const ask = (report: LeaseReport) => updateBudget<LeaseReply>(client, LEASE_UPDATE, report);
  return { report: (report) => client.withDeadline(Date.now() + ANSWER_MS, () => ask(report)) };
}
