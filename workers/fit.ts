import { verdict } from '../domain/deal.ts';
import { Failure } from '../domain/failure.ts';
import type { Configuration } from '../domain/service.ts';

/** A service that cannot stay within the cap even when it is alone; runs that ask for it are refused. */
export interface Unfit {
  readonly service: string;
  /** The sentence with the arithmetic. */
  readonly refused: string;
}

/**
 * @returns the services of which a worker should warn; it can still do the work of the others.
 * @throws Failure `InvalidConfiguration` where no service fits: no run could use such a worker.
 */
export function unfitServices(configuration: Configuration): Unfit[] {
  const { services } = configuration;
  const unfit = services.flatMap(({ name }) => {
    const fits = verdict(configuration, [name]);
    return fits.ok ? [] : [{ service: name, refused: fits.refused }];
  });
  if (unfit.length === 0 || unfit.length < services.length) return unfit;
  throw new Failure('InvalidConfiguration', unfit.map(({ refused }) => refused).join('\n'));
}
