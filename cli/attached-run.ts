import { createHash } from 'node:crypto';
import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { StartRequest } from '../adapters/temporal/start.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { Configuration } from '../domain/service.ts';
import { specIdentity, type RunSpec } from '../domain/spec.ts';
import { parseSpec, specDocument } from '../schema/spec.ts';
import { ownAssumptions, runAssumptions } from './assumed.ts';
import { conclude } from './conclusion.ts';
import { follow, type Followed } from './follow.ts';
import { catchInterrupts } from './interruption.ts';
import { createProgressView } from './progress-view.ts';
import type { Screen } from './screen.ts';

/** A run that this command starts, with what it needs to show of it. */
export interface AttachedRun {
  readonly client: RunClient;
  readonly runId: string;
  readonly spec: RunSpec;
  /** This command's own; workers may have another. */
  readonly configuration: Configuration;
  readonly screen: Screen;
}

/** What a run is started with. */
interface StartedRun extends Pick<AttachedRun, 'client' | 'runId' | 'spec'> {
  readonly trigger?: NonNullable<StartRequest['trigger']>;
}

function identity(spec: RunSpec): string {
  return createHash('sha256').update(specIdentity(spec)).digest('hex');
}

/** Starts the run or joins it. @throws Failure `InvalidSpec` where the id is taken by another spec. */
export async function startAttached({ client, runId, spec, trigger = 'cli' }: StartedRun): Promise<{ readonly joined: boolean }> {
  return client.start({
    runId,
    trigger,
    dataset: spec.dataset,
    spec: specDocument(spec),
    identity: identity(spec),
    identityOf: (document) => identity(parseSpec(document)),
  });
}

async function showAssumptions({ configuration, spec, screen }: AttachedRun, status: RunStatus): Promise<void> {
  const lines = (await runAssumptions(status)) ?? ownAssumptions(configuration, spec, status.inputs);
  for (const line of lines) screen.line(line);
}

/** Follows a run that was started, with what is assumed of the services on the first line. */
export async function followAttached(run: AttachedRun, signal: AbortSignal): Promise<Followed> {
  const { client, runId, screen } = run;
  let told = false;
  const counted = async (status: RunStatus): Promise<void> => {
    told = true;
    await showAssumptions(run, status);
  };
  const followed = await follow({ client, runId, view: createProgressView({ screen, counted }), signal });
  if (!told && followed.kind === 'ended' && followed.status.inputs > 0) await showAssumptions(run, followed.status);
  return followed;
}

/** Follows it until it ends, halts, or Ctrl-C. @returns the exit code. */
export async function attend(run: AttachedRun): Promise<number> {
  const interruption = catchInterrupts();
  try {
    return await conclude(await followAttached(run, interruption.signal), run.runId, run.screen);
  } finally {
    interruption.release();
  }
}
