import { TASK_QUEUES, type Role } from '../domain/temporal-names.ts';
import { action, type CommandDefinition, type Session } from './command.ts';
import { aborted, catchInterrupts } from './interruption.ts';
import { listOf } from './option.ts';

const ROLES = Object.keys(TASK_QUEUES) as Role[];

async function work(_: Session, __: readonly string[], { role = ROLES }: { role?: readonly Role[] }): Promise<number> {
  const interruption = catchInterrupts();
  const { startWorkers } = await import('../workers/main.ts');
  const workers = await startWorkers(role);
  const drained = aborted(interruption.signal).then(() => workers.drain());
  await Promise.race([workers.ended, drained]);
  await workers.ended;
  interruption.release();
  return 0;
}

export const workerCommand: CommandDefinition = {
  name: 'worker',
  summary: 'Run workers until SIGTERM or Ctrl-C, then drain',
  description:
    'Workers do the work of runs: workflows decide, io lists and writes, inference asks the services. All roles in one process unless told. Logs are JSON lines on standard output; docs/configuration.md has the environment. Draining hands over what is under way; a second Ctrl-C ends at once.',
  examples: [
    ['tilescribe worker', 'everything in one process'],
    ['tilescribe worker --role inference', 'one more process that asks the services'],
  ],
  define: (command, io) =>
    void command
      .option('--role <roles>', `some of ${ROLES.join(', ')}, separated by commas`, listOf(ROLES))
      .action(action(io, work)),
};
