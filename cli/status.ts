import { Failure } from '../domain/failure.ts';
import { liveStatus, withBeats } from '../domain/live.ts';
import type { RunStatus } from '../domain/progress.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { look } from './glance.ts';
import { endedInS3, RUN_ARGUMENT, runTarget, withRunClient, type RunTarget } from './run-target.ts';
import { statusLines } from './status-text.ts';

/** A run that failed has no status of its own any more. */
function failedStatus(runId: string, failure: Failure): RunStatus {
  return {
    run_id: runId,
    state: 'failed',
    reason: failure.message,
    halted_services: [],
    inputs: 0,
    expected: 0,
    ok: 0,
    failed: 0,
    skipped: 0,
    in_flight: 0,
    rate_per_s: null,
    eta_s: null,
    errors: {},
    fingerprints: [],
    ranges: { done: 0, total: 0 },
    budget: { held: 0, waiting_for: null },
    output: null,
  };
}

async function statusNow({ runId }: RunTarget): Promise<RunStatus> {
  return withRunClient(async (client) => {
    const seen = await look(client, runId, null);
    if (seen.kind === 'failed') return failedStatus(runId, seen.failure);
    if (seen.kind === 'ended') return seen.status;
    if (seen.kind === 'open' && seen.status !== null)
      return liveStatus(seen.status, withBeats(new Map(), seen.beats), seen.beats);
    throw new Failure('Unreachable', `Run ${runId} is open, but no worker answers for it: start one with \`tilescribe worker\`.`);
  });
}

async function showStatus({ screen }: Session, [text = '']: readonly string[]): Promise<number> {
  const target = runTarget(text);
  const status = (await endedInS3(target)) ?? (await statusNow(target));
  if (!screen.json) for (const line of statusLines(status, screen.paint)) screen.line(line);
  screen.result(status);
  return 0;
}

export const statusCommand: CommandDefinition = {
  name: 'status',
  summary: 'Show how far a run is',
  description:
    'State, tallies, rate, ETA, places held, errors by code, and the five things that errors say most often, each with a tile. The exit code is 0 whatever the state is.',
  examples: [
    ['tilescribe status harbours-20260102T030405Z-a1b2', 'a run that Temporal knows'],
    [
      'tilescribe status s3://results/harbours/run=harbours-20260102T030405Z-a1b2/ --json',
      'one that ended long ago, for a program',
    ],
  ],
  define: (command, io) => void withJson(command.argument('<run>', RUN_ARGUMENT)).action(action(io, showStatus)),
};
