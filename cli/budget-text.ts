import type { BudgetStatus } from '../domain/budget-status.ts';
import { oneLine } from '../domain/terminal.ts';
import type { Paint } from './paint.ts';
import { tableLines } from './text-table.ts';

type ServiceBudget = BudgetStatus['services'][number];
type Holder = ServiceBudget['holders'][number];

/** Who holds the places that nobody has a lease for. */
const ORPHANED: Readonly<Record<string, string>> = { 'lease expired': 'jobs whose lease has expired' };
const LONGEST = 300;
const LONGEST_NAME = 80;

/** @returns the time of day, UTC: `03:12`. */
function clock(iso: string): string {
  return iso.slice(11, 16);
}

function places(count: number): string {
  return `${count} ${count === 1 ? 'place' : 'places'}`;
}

function holderRow({ run, holder, priority, granted, in_flight, ambiguous, until, waiting_since }: Holder): string[] {
  const strand = holder.split('/').slice(-2).join('/');
  const waits = waiting_since === null ? '' : `, waiting since ${clock(waiting_since)}`;
  return [
    `  ${oneLine(run, LONGEST_NAME)}`,
    oneLine(strand, LONGEST_NAME),
    priority,
    `${granted.jobs} jobs, ${granted.http} HTTP`,
    `${in_flight}${ambiguous > 0 ? ` + ${ambiguous} in doubt` : ''}`,
    `${clock(until)} UTC${waits}`,
  ];
}

function serviceLines(service: ServiceBudget, paint: Paint): string[] {
  const { ceiling, charged, why, holders, orphans } = service;
  const head = `${paint.bold(oneLine(service.service, LONGEST_NAME))}: ${charged} of ${places(ceiling.jobs)} in use, ${ceiling.http} HTTP`;
  const table = [['  RUN', 'STRAND', 'PRIORITY', 'GRANTED', 'IN FLIGHT', 'UNTIL'], ...holders.map(holderRow)];
  return [
    head,
    `  why: ${oneLine(why, LONGEST)}`,
    ...(holders.length === 0 ? ['  nobody holds a lease'] : tableLines(table)),
    ...orphans.map(
      (orphan) =>
        `  ${places(orphan.places)} held until ${clock(orphan.until)} UTC by ${ORPHANED[orphan.reason] ?? oneLine(orphan.reason, LONGEST)}`,
    ),
  ];
}

/** @returns who holds what until when, and why each limit is what it is. */
export function budgetLines({ services }: BudgetStatus, paint: Paint): string[] {
  if (services.length === 0) return ['Nothing is held: no run uses a service, and no submit is without its answer.'];
  return services.flatMap((service) => serviceLines(service, paint));
}
