import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { conclude, showTotals } from './conclusion.ts';
import { follow } from './follow.ts';
import { catchInterrupts } from './interruption.ts';
import { createProgressView } from './progress-view.ts';
import { endedInS3, RUN_ARGUMENT, runTarget, withRunClient } from './run-target.ts';

async function watch({ screen }: Session, [text = '']: readonly string[]): Promise<number> {
  const target = runTarget(text);
  const ended = await endedInS3(target);
  if (ended !== null) return showTotals(ended, screen);
  const { runId } = target;
  return withRunClient(async (client) => {
    const interruption = catchInterrupts();
    const view = createProgressView({ screen, counted: () => Promise.resolve() });
    const followed = await follow({ client, runId, view, signal: interruption.signal });
    interruption.release();
    return conclude(followed, runId, screen);
  });
}

export const watchCommand: CommandDefinition = {
  name: 'watch',
  summary: 'Follow a run until it ends or halts',
  description: 'The exit code is that of the run. Ctrl-C stops watching; the run goes on.',
  examples: [['tilescribe watch harbours-20260102T030405Z-a1b2', 'the live progress that `run` shows']],
  define: (command, io) => void withJson(command.argument('<run>', RUN_ARGUMENT)).action(action(io, watch)),
};
