import type { RunClient } from '../adapters/temporal/run-client.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { conclude } from './conclusion.ts';
import { follow } from './follow.ts';
import { catchInterrupts } from './interruption.ts';
import { createProgressView } from './progress-view.ts';
import { RUN_ARGUMENT, runTarget, withRunClient } from './run-target.ts';

/** The three orders that a run takes. */
type Order = 'pause' | 'resume' | 'cancel';

const GIVEN: Readonly<Record<Order, (runId: string) => string>> = {
  pause: (runId) =>
    `${runId} pauses: nothing is submitted from 10 s on, and what is in flight is collected. Go on with \`tilescribe resume ${runId}\`.`,
  resume: (runId) => `${runId} goes on. Watch it with \`tilescribe watch ${runId}\`.`,
  cancel: (runId) =>
    `${runId} is being cancelled: what is in flight is collected for up to 120 s, then what there is gets written. Watch it with \`tilescribe watch ${runId}\`.`,
};

async function untilEnded(client: RunClient, runId: string, { screen }: Session): Promise<number> {
  const interruption = catchInterrupts();
  const view = createProgressView({ screen, counted: () => Promise.resolve() });
  const followed = await follow({ client, runId, view, signal: interruption.signal });
  interruption.release();
  // What was asked for is no failure.
  const code = await conclude(followed, runId, screen);
  return followed.kind === 'ended' && followed.status.state === 'cancelled' ? 0 : code;
}

function giving(order: Order) {
  return async (session: Session, [text = '']: readonly string[], { wait }: { wait?: boolean }): Promise<number> => {
    const { runId } = runTarget(text);
    return withRunClient(async (client) => {
      const given = await client[order](runId);
      if (wait === true) return untilEnded(client, runId, session);
      const told = given === 'already' ? `${runId} is cancelled already.` : GIVEN[order](runId);
      if (!session.screen.json) session.screen.line(told);
      session.screen.result({ run_id: runId, requested: order });
      return 0;
    });
  };
}

export const pauseCommand: CommandDefinition = {
  name: 'pause',
  summary: 'Submit nothing more until the run is resumed',
  description: 'No submit later than 10 s after; what is in flight is still collected, and then the lease is given back.',
  examples: [['tilescribe pause harbours-20260102T030405Z-a1b2', 'give the GPUs to somebody else for a while']],
  define: (command, io) => void withJson(command.argument('<run>', RUN_ARGUMENT)).action(action(io, giving('pause'))),
};

export const resumeCommand: CommandDefinition = {
  name: 'resume',
  summary: 'Go on with a run that is paused or halted',
  description: 'After a halt the failure count starts again.',
  examples: [['tilescribe resume harbours-20260102T030405Z-a1b2', 'after the key of the service was put right']],
  define: (command, io) => void withJson(command.argument('<run>', RUN_ARGUMENT)).action(action(io, giving('resume'))),
};

export const cancelCommand: CommandDefinition = {
  name: 'cancel',
  summary: 'End a run early, and keep what it has',
  description:
    'Collects what is in flight for at most 120 s, then writes the records of everything that ended and a manifest.json with state cancelled. Error records with the code cancelled name the call_id of what was still in flight. To a run that is being cancelled, or was, the order says nothing new; one that ended otherwise is left as it is, with exit code 2.',
  examples: [
    ['tilescribe cancel harbours-20260102T030405Z-a1b2', 'returns at once'],
    ['tilescribe cancel harbours-20260102T030405Z-a1b2 --wait', 'returns when everything is written'],
  ],
  define: (command, io) =>
    void withJson(command.argument('<run>', RUN_ARGUMENT))
      .option('--wait', 'wait until the run has ended, and show what it came to')
      .action(action(io, giving('cancel'))),
};
