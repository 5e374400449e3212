import type { Configured } from './lease.ts';
import type { ServiceFigures } from './service.ts';

/** What `tilescribe budget set` may set of a service; it stands before what the workers' files say. */
export type SetFigures = Partial<
  Pick<ServiceFigures, 'inputsPerContainer' | 'maxContainers' | 'gpusPerContainer' | 'scaledownSeconds' | 'httpInputs'>
>;

/** What was set by hand: the cap in GPUs, and figures by service. */
export interface Overrides {
  readonly gpus: number | null;
  readonly services: Readonly<Record<string, SetFigures>>;
}

export const NO_OVERRIDES: Overrides = { gpus: null, services: {} };

/** An order of `tilescribe budget set`: null takes back what was set. */
export interface BudgetOrder {
  readonly gpus?: number | null;
  readonly service?: string;
  readonly figures?: { readonly [Name in keyof SetFigures]?: SetFigures[Name] | 'unset' };
}

interface Limits {
  readonly low: number;
  readonly high: number;
}

/** The same as in the services file (schema/services.ts). */
const LIMITS: Readonly<Record<keyof Required<SetFigures>, Limits>> = {
  inputsPerContainer: { low: 1, high: 10_000 },
  maxContainers: { low: 1, high: 10_000 },
  gpusPerContainer: { low: 1, high: 10_000 },
  scaledownSeconds: { low: 0, high: 86_400 },
  httpInputs: { low: 1, high: 10_000 },
};
const GPUS: Limits = { low: 1, high: 1_024 };

function within(value: unknown, { low, high }: Limits): boolean {
  return Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
}

function expected({ low, high }: Limits): string {
  return `expected a whole number from ${low} to ${high}`;
}

function figureFault(name: string, value: unknown): string | null {
  if (!(name in LIMITS)) return `${name} cannot be set; expected one of ${Object.keys(LIMITS).join(', ')}`;
  const limits = LIMITS[name as keyof typeof LIMITS];
  const fits = value === 'unset' || (name === 'maxContainers' && value === null) || within(value, limits);
  return fits ? null : `${name} is ${JSON.stringify(value)}; ${expected(limits)}`;
}

/** @returns what is wrong with an order, in one sentence; null where nothing is. */
export function orderFault({ gpus, service, figures = {} }: BudgetOrder): string | null {
  if (gpus !== undefined && gpus !== null && !within(gpus, GPUS)) return `gpus is ${JSON.stringify(gpus)}; ${expected(GPUS)}`;
  if (service === undefined && Object.keys(figures).length > 0) return 'figures are those of a service; name it';
  if (gpus === undefined && Object.keys(figures).length === 0) return 'nothing to set; name gpus, or a service and a figure';
  const faults = Object.entries(figures).flatMap(([name, value]) => figureFault(name, value) ?? []);
  return faults.length === 0 ? null : faults.join('; ');
}

/** @returns what was set by hand with an order carried out. */
export function withOrder(overrides: Overrides, { gpus, service, figures = {} }: BudgetOrder): Overrides {
  const changed = { ...overrides, ...(gpus === undefined ? {} : { gpus }) };
  if (service === undefined) return changed;
  const all = Object.entries({ ...overrides.services[service], ...figures }).filter(([, value]) => value !== 'unset');
  const { [service]: _before, ...others } = overrides.services;
  const services = all.length === 0 ? others : { ...others, [service]: Object.fromEntries(all) as SetFigures };
  return { ...changed, services };
}

function strictest(a: ServiceFigures, b: ServiceFigures): ServiceFigures {
  return {
    gpusPerContainer: Math.max(a.gpusPerContainer, b.gpusPerContainer),
    inputsPerContainer: Math.min(a.inputsPerContainer, b.inputsPerContainer),
    // A limit that not everybody knows of is none.
    maxContainers: a.maxContainers === null || b.maxContainers === null ? null : Math.max(a.maxContainers, b.maxContainers),
    scaledownSeconds: Math.max(a.scaledownSeconds, b.scaledownSeconds),
    timeoutSeconds: Math.max(a.timeoutSeconds, b.timeoutSeconds),
    coldStartSeconds: Math.max(a.coldStartSeconds, b.coldStartSeconds),
    httpInputs: Math.min(a.httpInputs, b.httpInputs),
    httpHoldsGpu: a.httpHoldsGpu || b.httpHoldsGpu,
    requestSeconds: Math.max(a.requestSeconds, b.requestSeconds),
  };
}

/** @returns what holds where workers' files differ: of every figure the one that allows less. */
export function strictestOf(all: readonly [Configured, ...Configured[]]): Configured {
  return all.reduce((one, other) => ({
    gpus: Math.min(one.gpus, other.gpus),
    figures: strictest(one.figures, other.figures),
    guessed: (one.figures.inputsPerContainer <= other.figures.inputsPerContainer ? one : other).guessed,
    longestScaledownSeconds: Math.max(one.longestScaledownSeconds, other.longestScaledownSeconds),
  }));
}

/** @returns the figures in which workers' files differ, each with the values that there are. */
export function differencesOf(all: readonly Configured[]): string[] {
  const [first] = all;
  if (first === undefined) return [];
  const names = Object.keys(first.figures) as (keyof ServiceFigures)[];
  const rows = [
    { name: 'gpus', values: new Set<unknown>(all.map(({ gpus }) => gpus)) },
    ...names.map((name) => ({ name, values: new Set<unknown>(all.map(({ figures }) => figures[name])) })),
  ];
  return rows
    .filter(({ values }) => values.size > 1)
    .map(({ name, values }) => `${name} ${[...values].map(String).join(' and ')}`);
}
