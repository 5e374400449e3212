import { Failure } from '../../domain/failure.ts';
import { Journal } from './journal.ts';
import { completeServices, type SimulatedServiceOptions, type SimulationOptions } from './options.ts';
import { SimulatedService } from './service.ts';
import type { Now } from './ticking-pool.ts';

/** Everything that the servers of one simulation share. */
export interface Simulation {
  readonly journal: Journal;
  readonly services: ReadonlyMap<string, SimulatedService>;
  readonly now: Now;
}

interface Making {
  readonly name: string;
  readonly options: SimulatedServiceOptions;
  readonly seed: number;
  readonly journal: Journal;
  readonly now: Now;
}

/** Makes the services; nothing listens yet. */
export function makeSimulation(options: SimulationOptions): Simulation {
  const journal = new Journal(options.journalFile ?? null);
  const now = steadyClock();
  const seed = options.seed ?? 1;
  const complete = [...completeServices(options)];
  const services = new Map(complete.map(([name, one]) => [name, makeService({ name, options: one, seed, journal, now })]));
  return { journal, services, now };
}

function makeService({ name, options, seed, journal, now }: Making): SimulatedService {
  const note: SimulatedService['note'] = (event, atMs = now()) =>
    journal.append({ at_ms: Math.round(atMs * 1_000) / 1_000, service: name, ...event });
  return new SimulatedService({ name, options, seed: `${seed}/${name}`, now, note });
}

/** @throws {Failure} for a name that is none of the simulation's services. */
export function serviceOf({ services }: Simulation, name: string): SimulatedService {
  const service = services.get(name);
  if (service !== undefined) return service;
  throw new Failure(
    'InvalidConfiguration',
    `service "${name}" is not simulated here: use one of ${[...services.keys()].join(', ')}.`,
  );
}

/** Wall clock at the start, monotonic from there. */
function steadyClock(): Now {
  const began = Date.now() - performance.now();
  return () => began + performance.now();
}
