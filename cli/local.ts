import type { Command } from 'commander';
import { action, type CommandDefinition, type Io } from './command.ts';
import { withExamples } from './examples.ts';
import { localServices, type LocalServicesOptions } from './local-services.ts';
import { localUp, type LocalUpOptions } from './local-up.ts';
import { numberFrom, wholeNumberFrom } from './option.ts';

const DIRECTORY = '.tilescribe/local';
const port = wholeNumberFrom(1, 65_535);

function defineUp(command: Command, io: Io): void {
  command
    .summary('Temporal, S3, simulated services and a worker, until Ctrl-C')
    .description(
      'Starts Temporal with its UI, S3, the simulated services and a worker, and prints the environment that leads commands to them. What is missing is installed into a cache first. Servers that the environment names (TEMPORAL_ADDRESS, AWS_ENDPOINT_URL) are used as they are.',
    )
    .option('--directory <path>', 'where the database, the buckets and the logs are kept', DIRECTORY)
    .option('--temporal-port <n>', 'default: one that is free', port)
    .option('--ui-port <n>', 'default: one that is free', port)
    .option('--s3-port <n>', 'default: one that is free', port)
    .option('--no-worker', 'without a worker')
    .option('--no-services', 'without simulated services')
    .action(action(io, (session, _, options: LocalUpOptions) => localUp(session, options)));
  withExamples(command, [
    ['tilescribe local up', 'everything; then, in another terminal: . .tilescribe/local/environment.sh'],
    ['tilescribe local up --temporal-port 7233 --s3-port 4566', 'on ports that stay the same'],
    ['tilescribe local up --no-worker', 'for a worker of your own: `tilescribe worker`'],
  ]);
}

function defineServices(command: Command, io: Io): void {
  command
    .summary('The simulated caption and VQA services alone, until Ctrl-C')
    .description(
      'Prints the two variables that lead workers to them. Answers are about the real pixels, and say that they are simulated.',
    )
    .option('--caption-port <n>', 'default: one that is free', port)
    .option('--vqa-port <n>', 'default: one that is free', port)
    .option('--inputs <n>', 'inputs that one container admits', wholeNumberFrom(1))
    .option('--slots <n>', 'admitted inputs that run at once in a container', wholeNumberFrom(1))
    .option('--mean-seconds <s>', 'how long a job takes on average', numberFrom(0))
    .option('--cold-start-seconds <s>', 'how long a container takes to start', numberFrom(0))
    .option('--seed <n>', 'the same seed, the same latencies', wholeNumberFrom(0))
    .option('--journal <path>', 'a file that every event is appended to')
    .action(action(io, (session, _, options: LocalServicesOptions) => localServices(session, options)));
  withExamples(command, [
    ['tilescribe local services --caption-port 8001 --vqa-port 8002', 'on ports that stay the same'],
    ['tilescribe local services --inputs 8 --mean-seconds 0.5', 'fast, and with little room'],
  ]);
}

export const localCommand: CommandDefinition = {
  name: 'local',
  summary: 'The whole system on this machine',
  examples: [
    ['tilescribe local up', 'everything; then, in another terminal: . .tilescribe/local/environment.sh'],
    ['tilescribe local services --caption-port 8001 --vqa-port 8002', 'the services alone'],
  ],
  define: (command, io) => {
    defineUp(command.command('up'), io);
    defineServices(command.command('services'), io);
  },
};
