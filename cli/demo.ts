import { setTimeout as sleep } from 'node:timers/promises';
import { action, type CommandDefinition, type Session } from './command.ts';
import { runDemo, startDemo, type Demo } from './demo-run.ts';
import { aborted, catchInterrupts } from './interruption.ts';
import { createTeardown } from './teardown.ts';
import { INTERRUPTED } from './verdict.ts';

const DIRECTORY = '.tilescribe/demo';
/** Servers that are just starting end by themselves when this process has gone; most are up by then. */
const STARTING_MS = 3_000;

interface DemoOptions {
  readonly keep?: boolean;
  readonly directory: string;
}

async function perform(demo: Demo, keep: boolean): Promise<number> {
  const { screen, signal } = demo;
  const stack = await startDemo(demo);
  if (signal.aborted) return INTERRUPTED;
  const exitCode = await runDemo(demo);
  const ui = stack.temporal.uiUrl ?? stack.temporal.address;
  if (signal.aborted) return INTERRUPTED;
  if (!keep) {
    screen.line(`The Temporal UI and S3 go now; \`npm run demo -- --keep\` leaves them up until Ctrl-C.`);
    return exitCode;
  }
  screen.line(`Temporal UI: ${ui}   S3: ${stack.s3.endpoint}   Ctrl-C ends everything.`);
  await aborted(signal);
  return exitCode;
}

async function showDemo({ screen }: Session, _: readonly string[], { keep = false, directory }: DemoOptions): Promise<number> {
  const interruption = catchInterrupts();
  const teardown = createTeardown();
  const work = perform({ screen, teardown, signal: interruption.signal, directory }, keep);
  const patience = aborted(interruption.signal).then(() => sleep(STARTING_MS, INTERRUPTED, { ref: false }));
  try {
    return await Promise.race([work, patience]);
  } finally {
    work.catch(() => undefined);
    screen.live([]);
    if (interruption.signal.aborted) screen.note('stopping everything that the demo started');
    await teardown.close();
    interruption.release();
  }
}

export const demoCommand: CommandDefinition = {
  name: 'demo',
  summary: 'The whole system on this machine, over 128 tiles of the globe',
  description:
    'Starts Temporal and S3 (installed into a cache the first time), uploads 128 tiles of the Blue Marble (NASA) and a handful of made ones, and runs captions and two questions over them on simulated services. What came of it is copied to a directory; everything else ends with the demo.',
  examples: [
    ['tilescribe demo', 'under a minute, once the servers are installed'],
    ['tilescribe demo --keep', 'leaves the Temporal UI and S3 up until Ctrl-C'],
  ],
  define: (command, io) =>
    void command
      .option('--keep', 'leave everything up until Ctrl-C')
      .option('--directory <path>', 'where its output is copied to', DIRECTORY)
      .action(action(io, showDemo)),
};
