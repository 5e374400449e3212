import type { CommandDefinition } from './command.ts';
import { defineCreate } from './schedule-create.ts';
import { defineOrders } from './schedule-orders.ts';
import { defineShowing } from './schedule-show.ts';

const PRINTED = `$ tilescribe schedule create nightly --cron "0 2 * * *" --timezone Asia/Kolkata --spec s3://ops/nightly.json --until 06:00
created schedule nightly: "0 2 * * *" Asia/Kolkata, dataset harbours, s3://ops/nightly.json
next:
  2026-11-22 02:00 Asia/Kolkata  2026-11-21T20:30:00Z  run nightly-2026-11-21T20:30:00Z
  2026-11-23 02:00 Asia/Kolkata  2026-11-22T20:30:00Z  run nightly-2026-11-22T20:30:00Z
  2026-11-24 02:00 Asia/Kolkata  2026-11-23T20:30:00Z  run nightly-2026-11-23T20:30:00Z
the first of them:
  input   s3://imagery/2026/11/21/
  output  s3://results/harbours/
  until   2026-11-22 06:00 Asia/Kolkata, 4 h after it is due`;

export const scheduleCommand: CommandDefinition = {
  name: 'schedule',
  summary: 'Runs every night, by themselves',
  description:
    'A schedule is kept by Temporal: at its times it starts a run of a spec in S3, which is read then. docs/temporal-cli.md has the same with the temporal command.',
  examples: [
    [
      'tilescribe schedule create nightly --cron "0 2 * * *" --timezone Asia/Kolkata --spec s3://ops/nightly.json --until 06:00',
      'every night at two, done by six',
    ],
    ['tilescribe schedule describe nightly', 'when it comes, and what became of its last runs'],
    ['tilescribe schedule pause nightly --note "new GPUs"', 'until `tilescribe schedule resume nightly`'],
    ['tilescribe schedule trigger nightly', 'once more, now'],
  ],
  printed: PRINTED,
  define: (command, io) => {
    command.helpCommand(false);
    defineCreate(command.command('create'), io);
    defineShowing(command, io);
    defineOrders(command, io);
    for (const inner of command.commands) inner.showHelpAfterError(`See \`tilescribe schedule ${inner.name()} --help\`.`);
  },
};
