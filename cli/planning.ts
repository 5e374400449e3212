import { systemClock } from '../adapters/clock.ts';
import { Failure } from '../domain/failure.ts';
import type { Plan, PlanProgress } from '../domain/plan.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import type { Configuration } from '../domain/service.ts';
import type { RunSpec } from '../domain/spec.ts';
import { slowly } from './audit-view.ts';
import { withStores } from './stores.ts';
import { catchInterrupts } from './interruption.ts';
import { withRunClient } from './run-target.ts';
import type { Screen } from './screen.ts';
import { ownVersion } from './version.ts';

/** Makes plans with the command's own credentials. */

export interface Planning {
  readonly spec: RunSpec;
  /** This command's own; workers may have another. */
  readonly configuration: Configuration;
  readonly screen: Screen;
}

const STEPS: Readonly<Record<PlanProgress['step'], string>> = {
  listing: 'listing the input',
  comparing: 'comparing the input with earlier runs',
};

/** @returns how far a plan is, on one line. */
export function planProgressLine({ step, tiles }: PlanProgress): string {
  const soFar = tiles === 0 ? '' : `: ${quantity(tiles, 'tile', grouped)} so far`;
  return `planning: ${STEPS[step]}${soFar}`;
}

type Look = (runId: string) => Promise<{ readonly open: boolean }>;

/** A run that Temporal does not know is not open. */
async function isOpen(look: Look, runId: string): Promise<boolean> {
  try {
    return (await look(runId)).open;
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return false;
    throw error;
  }
}

async function made({ spec, configuration, screen }: Planning, signal: AbortSignal): Promise<Plan> {
  const tell = slowly(screen);
  const progress = (at: PlanProgress): void => tell(() => planProgressLine(at));
  // The library is half the time that a command takes to start.
  const { makePlan } = await import('../plan/plan.ts');
  try {
    return await withStores((stores) =>
      withRunClient((client) => {
        const registry = { isOpen: (runId: string) => isOpen(client.look, runId) };
        const ports = { stores, registry, clock: systemClock, configuration, versions: { tilescribe: ownVersion() } };
        return makePlan(ports, { spec, signal, progress });
      }),
    );
  } finally {
    screen.live([]);
  }
}

/** @returns the plan, or null where Ctrl-C came first. @throws Failure */
export async function planNow(planning: Planning): Promise<Plan | null> {
  const interruption = catchInterrupts();
  try {
    return await made(planning, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    planning.screen.note('interrupted: a plan changes nothing, and nothing was started.');
    return null;
  } finally {
    interruption.release();
  }
}
