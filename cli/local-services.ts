import { quoted } from '../domain/shell-word.ts';
import type { SimulationOptions } from '../local/services/options.ts';
import type { Session } from './command.ts';
import { aborted, catchInterrupts } from './interruption.ts';

/** What `local services` was given. */
export interface LocalServicesOptions {
  readonly captionPort?: number;
  readonly vqaPort?: number;
  readonly inputs?: number;
  readonly slots?: number;
  readonly meanSeconds?: number;
  readonly coldStartSeconds?: number;
  readonly seed?: number;
  readonly journal?: string;
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** @returns what the simulation is asked for; what was not given has its default there. */
export function simulationOf(options: LocalServicesOptions): SimulationOptions {
  const { captionPort, vqaPort, inputs, slots, meanSeconds, coldStartSeconds, seed, journal } = options;
  const latency = meanSeconds === undefined ? undefined : { meanSeconds, sdSeconds: meanSeconds / 3 };
  const both = given({ inputsPerContainer: inputs, slots, coldStartSeconds, latency }) as object;
  const port = (number: number | undefined): object => (number === undefined ? {} : { port: number });
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(journal === undefined ? {} : { journalFile: journal }),
    services: { caption: { ...both, ...port(captionPort) }, vqa: { ...both, ...port(vqaPort) } },
  };
}

/** Starts the simulated services and keeps them up until Ctrl-C. */
export async function localServices({ screen }: Session, options: LocalServicesOptions): Promise<number> {
  const interruption = catchInterrupts();
  const { startSimulatedServices } = await import('../local/services/server.ts');
  const simulated = await startSimulatedServices(simulationOf(options));
  for (const [name, { baseUrl }] of Object.entries(simulated.services)) {
    screen.line(`export ${name.toUpperCase()}_BASE_URL=${quoted(baseUrl)}`);
  }
  screen.note('Ctrl-C ends them.');
  await aborted(interruption.signal);
  await simulated.close();
  interruption.release();
  return 0;
}
