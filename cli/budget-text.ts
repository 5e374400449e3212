import type { BudgetStatus } from '../domain/budget-status.ts';
import { spokenDuration } from '../domain/duration.ts';
import type { SetFigures } from '../domain/figures.ts';
import { quantity } from '../domain/quantity.ts';
import { oneLine } from '../domain/terminal.ts';
import { figureText, unusedServices, type Change } from './budget-order.ts';
import type { Paint } from './paint.ts';
import { tableLines } from './text-table.ts';

/** How the budget is shown to people. Pure; text from outside is made fit for a terminal here. */

type ServiceBudget = BudgetStatus['services'][number];
type Holder = ServiceBudget['holders'][number];
type Waiting = BudgetStatus['waiting'][number];

/** Who holds the places that nobody has a lease for. */
const ORPHANED: Readonly<Record<string, string>> = {
  'lease expired': 'jobs and unanswered submits whose lease has expired',
  'lease given back': 'jobs and submits without an answer of a run that ended, was paused or is halted',
};
const LONGEST = 300;
const LONGEST_NAME = 80;

/** @returns the time of day, UTC: `03:12`. */
function clock(iso: string): string {
  return iso.slice(11, 16);
}

function strandOf(holder: string): string {
  return oneLine(holder.split('/').slice(-2).join('/'), LONGEST_NAME);
}

function capLines({ gpus: { cap, why, held, tonight } }: BudgetStatus, paint: Paint): string[] {
  const over = held > cap ? ', more than the cap until what runs has ended' : '';
  const known =
    cap === 0
      ? 'known once a run asks'
      : `${quantity(cap, 'GPU')} (${oneLine(why, LONGEST)}); ${quantity(held, 'GPU')} held as of each holder's last report${over}`;
  const head = `${paint.bold('cap')}: ${known}`;
  if (tonight === null) return [head];
  const { since, held_s, busy_s, idle_s } = tonight;
  const parts = `${spokenDuration(held_s)} held, ${spokenDuration(busy_s)} busy, ${spokenDuration(idle_s)} idle`;
  return [head, `  GPU time since ${clock(since)} UTC: ${parts}`];
}

function holderRow({ run, holder, priority, granted, in_flight, ambiguous, until, waiting_since }: Holder): string[] {
  const waits = waiting_since === null ? '' : `, waiting since ${clock(waiting_since)}`;
  return [
    `  ${oneLine(run, LONGEST_NAME)}`,
    strandOf(holder),
    priority,
    `${granted.jobs} jobs, ${granted.http} HTTP`,
    `${in_flight}${ambiguous > 0 ? ` + ${ambiguous} in doubt` : ''}`,
    `${clock(until)} UTC${waits}`,
  ];
}

function setLines(set: SetFigures): string[] {
  const figures = Object.entries(set).map(([name, value]) => `${oneLine(name, LONGEST_NAME)} ${figureText(value)}`);
  return figures.length === 0 ? [] : [`  set by hand: ${figures.join(', ')}`];
}

function limitLines({ limit }: ServiceBudget): string[] {
  return limit === null
    ? []
    : [`  limit: ${quantity(limit, 'place')}, as the service asked for less (429, 502, 503, 504 or no answer in time)`];
}

function differenceLines({ differs }: ServiceBudget): string[] {
  const figures = differs.map((difference) => oneLine(difference, LONGEST_NAME)).join(', ');
  return differs.length === 0 ? [] : [`  workers' files differ, and of each figure the one that allows less holds: ${figures}`];
}

function orphanLines({ orphans }: ServiceBudget): string[] {
  return orphans.map(({ places: count, until, reason }) => {
    return `  ${quantity(count, 'place')} held until ${clock(until)} UTC by ${ORPHANED[reason] ?? oneLine(reason, LONGEST)}`;
  });
}

/** Services that can do nothing under the cap as it is now. */
function tooLargeLines({ services, gpus: { cap } }: BudgetStatus, paint: Paint): string[] {
  const tooLarge = services.filter(({ gpus_needed }) => cap > 0 && gpus_needed > cap);
  return tooLarge.map(({ service, gpus_needed }) => {
    const name = oneLine(service, LONGEST_NAME);
    return `${paint.yellow(name)} needs ${quantity(gpus_needed, 'GPU')} and the cap is ${cap}: it waits until the cap is raised.`;
  });
}

function serviceLines(service: ServiceBudget, paint: Paint): string[] {
  const { ceiling, charged, gpus_held, why, holders } = service;
  const name = paint.bold(oneLine(service.service, LONGEST_NAME));
  if (holders.length === 0 && charged === 0 && gpus_held === 0) return [`${name}: idle`, ...setLines(service.set)];
  const table = [['  RUN', 'STRAND', 'PRIORITY', 'GRANTED', 'IN FLIGHT', 'UNTIL'], ...holders.map(holderRow)];
  return [
    `${name}: ${charged} of ${quantity(ceiling.jobs, 'place')} in use, ${ceiling.http} HTTP, ${quantity(gpus_held, 'GPU')} held`,
    `  why: ${oneLine(why, LONGEST)}`,
    ...limitLines(service),
    ...setLines(service.set),
    ...differenceLines(service),
    ...(holders.length === 0 ? ['  nobody holds a lease'] : tableLines(table)),
    ...orphanLines(service),
  ];
}

function unusedLines(budget: BudgetStatus, paint: Paint): string[] {
  return unusedServices(budget).flatMap((service) => [
    `${paint.bold(oneLine(service, LONGEST_NAME))}: no run has used it yet`,
    ...setLines(budget.overrides.services[service] ?? {}),
  ]);
}

function waitingRow({ run, holder, service, priority, since }: Waiting): string[] {
  return [`  ${oneLine(run, LONGEST_NAME)}`, strandOf(holder), oneLine(service, LONGEST_NAME), priority, `${clock(since)} UTC`];
}

function waitingLines({ waiting }: BudgetStatus, paint: Paint): string[] {
  if (waiting.length === 0) return [];
  const table = [['  RUN', 'STRAND', 'SERVICE', 'PRIORITY', 'SINCE'], ...waiting.map(waitingRow)];
  return [`${paint.bold('waiting for budget')}: the budget has as many holders as it takes`, ...tableLines(table)];
}

/** @returns who holds what until when, and why each limit is what it is. */
export function budgetLines(budget: BudgetStatus, paint: Paint): string[] {
  const { services, overrides } = budget;
  const isSet = overrides.gpus !== null || Object.keys(overrides.services).length > 0;
  const nothing = services.length === 0 && budget.waiting.length === 0;
  return [
    ...(nothing && !isSet ? [] : capLines(budget, paint)),
    ...(nothing ? ['Nothing is held: no run uses a service, and no submit is without its answer.'] : []),
    ...services.flatMap((service) => serviceLines(service, paint)),
    ...unusedLines(budget, paint),
    ...waitingLines(budget, paint),
    ...tooLargeLines(budget, paint),
  ];
}

function changeLine({ service, name, before, after }: Change): string {
  const what = service === null ? 'The cap' : `${name} of ${oneLine(service, LONGEST_NAME)}`;
  const unit = service === null ? (text: string): string => quantity(Number(text), 'GPU') : String;
  const was = before === null ? 'before: as the workers are configured' : `before: ${unit(before)}, set by hand`;
  return after === null ? `${what} is again as the workers are configured (${was}).` : `${what} is now ${unit(after)} (${was}).`;
}

/** @returns what `budget set` has changed, and when that takes effect. */
export function changeLines(changes: readonly Change[], after: BudgetStatus): string[] {
  if (changes.length === 0) return ['Nothing has changed: it was so already.'];
  const unused = new Set(unusedServices(after));
  const early = [...new Set(changes.flatMap(({ service }) => service ?? []))].filter((service) => unused.has(service));
  return [
    ...changes.map(changeLine),
    ...early.map(
      (service) => `No run has used ${oneLine(service, LONGEST_NAME)} yet: what is set holds for the first that does.`,
    ),
    'It takes effect with what is granted next, within one slice (15 to 120 s, or TILESCRIBE_SLICE_SECONDS); what is in flight is not touched.',
  ];
}
