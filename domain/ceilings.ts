import { configuredNow, gpusNow, holdingOf, windowMs } from './account.ts';
import type { Budget } from './budget.ts';
import { ceilingFor, jobPlaces, leastGpus } from './ceiling.ts';
import { charged } from './budget-holder.ts';
import type { Ceiling, Configured } from './lease.ts';
import { quantity } from './quantity.ts';
import { isOverdue } from './queue.ts';
import { comparePriorities } from './shares.ts';
import { turnsOf, type Contender, type Turns } from './turns.ts';
import { isoText, sum } from './units.ts';

/** GPUs of a budget without a history: before this nobody may have a second one, ms. */
export function secondGpuFromMs(budget: Budget): number {
  const configured = Object.values(budget.configurations);
  const longest = Math.max(0, ...configured.map(({ longestScaledownSeconds }) => longestScaledownSeconds));
  const figures = configured[0]?.figures;
  return figures === undefined ? 0 : (budget.sinceMs ?? 0) + windowMs({ ...figures, scaledownSeconds: longest });
}

function contender(budget: Budget, service: string, now: number): Contender | null {
  const configured = configuredNow(budget, service);
  const wanting = Object.values(budget.holders).filter((one) => one.service === service && one.want.jobs > 0);
  const [first] = wanting;
  if (configured === null || first === undefined) return null;
  const unseen = budget.orphans.filter((orphan) => orphan.service === service);
  const times = wanting.flatMap(({ jobMs }) => jobMs ?? []);
  return {
    service,
    figures: configured.figures,
    wanted: sum(wanting.map(({ want }) => want.jobs)) + sum(unseen.map(({ jobs }) => charged(jobs, now))),
    jobMs: times.length === 0 ? null : sum(times) / times.length,
    yields: wanting.every((one) => one.priority === 'backfill' && !isOverdue(one, now)),
    priority: wanting.map(({ priority }) => priority).toSorted(comparePriorities)[0] ?? first.priority,
    sinceMs: Math.min(...wanting.map((one) => one.waitingSinceMs ?? one.sinceMs)),
    turnSinceMs: budget.accounts[service]?.turnSinceMs ?? null,
    held: holdingOf(budget, service, now).containers,
  };
}

/** @returns whose turn it is at a moment. */
export function turnsNow(budget: Budget, now: number): Turns {
  const contenders = Object.keys(budget.accounts).flatMap((service) => contender(budget, service, now) ?? []);
  return turnsOf(contenders, { gpus: gpusNow(budget), now, mayDouble: now >= secondGpuFromMs(budget) });
}

/** @returns the budget that remembers whose turn it is. */
export function withTurns(budget: Budget, turns: Turns): Budget {
  const accounts = Object.entries(budget.accounts).map(([service, account]) => {
    return [service, { ...account, turnSinceMs: turns.get(service)?.sinceMs ?? null }] as const;
  });
  return { ...budget, accounts: Object.fromEntries(accounts) };
}

/** What a service may use, and what it could use if others held less. */
export interface Allowance {
  readonly ceiling: Ceiling;
  /** Containers of jobs. */
  readonly containers: number;
  /** Containers that its turn is for. */
  readonly due: number;
}

interface Scene {
  readonly budget: Budget;
  readonly turns: Turns;
  readonly now: number;
}

/** GPUs that other services hold at this moment, by service. */
function heldByOthers({ budget, now }: Scene, service: string): (readonly [string, number])[] {
  const others = Object.keys(budget.accounts).filter((other) => other !== service);
  const held = others.map((other) => {
    const { gpus, frontGpus } = holdingOf(budget, other, now);
    return [other, gpus + frontGpus] as const;
  });
  return held.filter(([, gpus]) => gpus > 0);
}

/** What an allowance comes from. */
interface Grounds {
  readonly service: string;
  readonly configured: Configured;
  /** GPUs that other services hold, by service. */
  readonly others: readonly (readonly [string, number])[];
  /** Containers that its turn is for, and those that it gets. */
  readonly due: number;
  readonly containers: number;
}

function whyText({ budget, now }: Scene, { service, configured, others, due, containers }: Grounds): string {
  const { figures, guessed } = configured;
  const cap = quantity(gpusNow(budget), 'GPU');
  const held = others.map(([other, gpus]) => `${other} holds ${gpus}`);
  const inputs = `${quantity(figures.inputsPerContainer, 'input')} per container${guessed ? ' (assumed)' : ''}`;
  const each = quantity(figures.gpusPerContainer, 'GPU');
  const front = figures.httpHoldsGpu ? `, its front end holds ${each}` : '';
  const arithmetic = `${containers} x ${each} of ${cap} x ${inputs}${front}`;
  if (containers > 0 && containers >= due) {
    const early = now < secondGpuFromMs(budget);
    const noHistory = early ? [`no second GPU before ${isoText(secondGpuFromMs(budget))}: the budget has no history`] : [];
    return [arithmetic, ...noHistory, ...held].join('; ');
  }
  const asked = Object.values(budget.holders).some((one) => one.service === service && one.want.jobs > 0);
  if (!asked) return ['nobody asks for it', ...held].join('; ');
  if (due === 0) return [`waits for its turn: needs ${quantity(leastGpus(figures), 'GPU')} of ${cap}`, ...held].join('; ');
  return [arithmetic, `${due} once GPUs are free`, ...held].join('; ');
}

/** @returns what a service may use now: what its turn gives it, as far as what others hold leaves room for it. */
export function allowanceOf(scene: Scene, service: string): Allowance {
  const { budget, turns, now } = scene;
  const configured = configuredNow(budget, service);
  if (configured === null) throw new Error(`the budget knows nothing of ${service}`);
  const { figures } = configured;
  const due = turns.get(service)?.containers ?? 0;
  const others = heldByOthers(scene, service);
  const left = gpusNow(budget) - sum(others.map(([, gpus]) => gpus));
  const own = holdingOf(budget, service, now);
  const front = Math.max(own.frontGpus, figures.httpHoldsGpu ? figures.gpusPerContainer : 0);
  const fitting = Math.max(0, Math.floor((left - front) / figures.gpusPerContainer));
  // Its first container costs nothing more where a cap was lowered by hand below what is held. More than one may be held
  // only in the books: whoever takes over after a crash is charged for jobs that are long done.
  const kept = budget.overrides.gpus === null ? 0 : Math.min(1, own.containers);
  const containers = Math.min(due, Math.max(kept, fitting));
  const frontFits = front === 0 || own.frontGpus > 0 || own.gpus + front <= left;
  const places = { jobs: jobPlaces(figures, containers), http: frontFits ? figures.httpInputs : 0 };
  const why = whyText(scene, { service, configured, others, due, containers });
  return { ceiling: ceilingFor(figures, places, why), containers, due };
}
