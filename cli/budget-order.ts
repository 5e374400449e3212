import type { BudgetStatus } from '../domain/budget-status.ts';
import { Failure } from '../domain/failure.ts';
import { orderFault, type BudgetOrder, type Overrides, type SetFigures } from '../domain/figures.ts';

/** From the options of `budget set` to orders, and from two states of the budget to what has changed. Pure. */

type Figure = keyof SetFigures;

/** What `budget set` was given; `unset` takes one thing back. */
export interface SetOptions extends NonNullable<BudgetOrder['figures']> {
  readonly gpus?: number | 'unset';
  readonly service?: string;
  /** Takes everything back, or everything of the service. */
  readonly unset?: boolean;
}

/** What was set or taken back. */
export interface Change {
  /** Null is the cap. */
  readonly service: string | null;
  readonly name: string;
  /** As set by hand; null where it was, or is again, as the workers are configured. */
  readonly before: string | null;
  readonly after: string | null;
}

const FIGURES: Readonly<Record<Figure, string>> = {
  inputsPerContainer: '--inputs-per-container',
  maxContainers: '--max-containers',
  gpusPerContainer: '--gpus-per-container',
  scaledownSeconds: '--scaledown-seconds',
  httpInputs: '--http-inputs',
};
const NAMES = Object.keys(FIGURES) as Figure[];
const FLAGS = Object.values(FIGURES).join(', ');

function wrong(sentence: string): Failure {
  return new Failure('InvalidConfiguration', sentence);
}

function takenBack({ gpus, services }: Overrides, service: string | undefined): BudgetOrder[] {
  const ofServices = Object.entries(services).filter(([name]) => service === undefined || name === service);
  const orders = ofServices.map(([name, figures]) => {
    const unset = Object.keys(figures).map((figure) => [figure, 'unset'] as const);
    return { service: name, figures: Object.fromEntries(unset) as NonNullable<BudgetOrder['figures']> };
  });
  return gpus === null || service !== undefined ? orders : [{ gpus: null }, ...orders];
}

function given({ gpus, service, ...options }: SetOptions): BudgetOrder {
  const figures = Object.fromEntries(NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  return {
    ...(gpus === undefined ? {} : { gpus: gpus === 'unset' ? null : gpus }),
    ...(service === undefined ? {} : { service }),
    ...(Object.keys(figures).length === 0 ? {} : { figures }),
  };
}

/**
 * @param set what is set by hand so far.
 * @returns the orders to carry out; none where there is nothing to take back.
 * @throws Failure `InvalidConfiguration` in one sentence where the options make no sense.
 */
export function ordersOf(options: SetOptions, set: Overrides): BudgetOrder[] {
  const order = given(options);
  const hasFigures = order.figures !== undefined;
  if (options.unset === true) {
    if (options.gpus !== undefined || hasFigures)
      throw wrong('--unset takes everything back, or with --service everything of that one; give it without other values.');
    return takenBack(set, options.service);
  }
  if (hasFigures && options.service === undefined) throw wrong(`${FLAGS} are figures of one service: name it with --service.`);
  if (options.service !== undefined && !hasFigures) throw wrong(`--service needs one of ${FLAGS}, or --unset.`);
  if (options.gpus === undefined && !hasFigures)
    throw wrong(`Nothing to set: give --gpus, --service with one of ${FLAGS}, or --unset.`);
  const fault = orderFault(order);
  if (fault !== null) throw wrong(`This cannot be set: ${fault}.`);
  return [order];
}

/** @returns a figure as people write it. */
export function figureText(value: number | null): string {
  return value === null ? 'none' : String(value);
}

function setText(figures: SetFigures | undefined, name: Figure): string | null {
  const value = figures?.[name];
  return value === undefined ? null : figureText(value);
}

/** @returns what differs between what was set by hand before and after. */
export function changesOf(before: Overrides, after: Overrides): Change[] {
  const services = new Set([...Object.keys(before.services), ...Object.keys(after.services)]);
  const cap = (gpus: number | null): string | null => (gpus === null ? null : String(gpus));
  const all: Change[] = [
    { service: null, name: 'gpus', before: cap(before.gpus), after: cap(after.gpus) },
    ...[...services].toSorted().flatMap((service) =>
      NAMES.map((name) => ({
        service,
        name,
        before: setText(before.services[service], name),
        after: setText(after.services[service], name),
      })),
    ),
  ];
  return all.filter((change) => change.before !== change.after);
}

/** @returns services with figures set by hand that nobody has used yet; perhaps their names are written wrong. */
export function unusedServices({ overrides, services }: BudgetStatus): string[] {
  const used = new Set(services.map(({ service }) => service));
  return Object.keys(overrides.services)
    .filter((name) => !used.has(name))
    .toSorted();
}
