import type { RunClient } from '../adapters/temporal/run-client.ts';
import { askedAgain, datesOf, type DateRun } from '../domain/backfill.ts';
import { forTerminal, oneLine } from '../domain/terminal.ts';
import { backfillResult, concludeBackfill, type BackfillHead } from './backfill-conclusion.ts';
import { createBackfillDesk, findRuns, type BackfillDesk } from './backfill-desk.ts';
import { driveBackfill } from './backfill-drive.ts';
import { AT_ONCE, withBackfillOptions, type BackfillOptions } from './backfill-options.ts';
import { clocksNote, readOrder, type BackfillOrder } from './backfill-order.ts';
import { backfillTable, totalsText } from './backfill-text.ts';
import { createBackfillView, untilNextLook } from './backfill-view.ts';
import { action, type CommandDefinition, type Session } from './command.ts';
import { catchInterrupts } from './interruption.ts';
import { openOutputs } from './run-output.ts';
import { withRunClient } from './run-target.ts';
import type { Screen } from './screen.ts';

/** One backfill that has been read and checked. */
interface Backfill {
  readonly desk: BackfillDesk;
  readonly order: BackfillOrder;
  readonly options: BackfillOptions;
  readonly screen: Screen;
}

const LONGEST = 300;

function headOf({ order, desk }: Backfill): BackfillHead {
  const { name, timeZone } = order.plan;
  return { name, time_zone: timeZone, outputOf: desk.outputOf };
}

function show(made: Backfill, runs: readonly DateRun[]): number {
  const { screen } = made;
  if (!screen.json) for (const line of [...backfillTable(runs), totalsText(runs)]) screen.line(line);
  screen.result(backfillResult({ runs, end: null }, headOf(made)));
  return 0;
}

async function perform(made: Backfill, signal: AbortSignal): Promise<number> {
  const { desk, order, options, screen } = made;
  const { name } = order.plan;
  const { again = false, dryRun = false, atOnce = AT_ONCE, newestFirst = false } = options;
  const found = await findRuns(datesOf(order.plan), name, desk.look);
  const runs = again ? found.map((run) => askedAgain(run, name)) : found;
  if (dryRun) return show(made, runs);
  screen.note(`${oneLine(name, LONGEST)}: ${totalsText(runs)}; at most ${atOnce} open at once`);
  const rules = { atOnce, newestFirst };
  const driven = await driveBackfill(runs, { desk, rules, view: createBackfillView(screen, runs), signal, rest: untilNextLook });
  const exitCode = await concludeBackfill(driven, desk, screen);
  screen.result(backfillResult(driven, headOf(made)));
  return exitCode;
}

/** Says once why outputs cannot be read from here. */
function unreadableTeller(screen: Screen): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    const why = oneLine(error instanceof Error ? error.message : String(error), LONGEST);
    if (!isTold) screen.note(`tilescribe: outputs cannot be read from here, so that Temporal alone says what is done: ${why}`);
    isTold = true;
  };
}

async function withClient(client: RunClient, ordered: Omit<Backfill, 'desk'>): Promise<number> {
  const { order, screen } = ordered;
  const outputs = openOutputs();
  const interruption = catchInterrupts();
  try {
    const { source, timeZone } = order;
    const desk = createBackfillDesk({ client, source, timeZone, outputs, unreadable: unreadableTeller(screen) });
    return await perform({ ...ordered, desk }, interruption.signal);
  } finally {
    interruption.release();
    await outputs.close();
  }
}

async function backfill({ screen }: Session, _: readonly string[], options: BackfillOptions): Promise<number> {
  const order = await readOrder(options, Date.now());
  const clocks = clocksNote(order, Date.now());
  if (clocks !== null) screen.note(`tilescribe: ${forTerminal(clocks)}`);
  return withRunClient((client) => withClient(client, { order, options, screen }));
}

export const backfillCommand: CommandDefinition = {
  name: 'backfill',
  summary: 'Do for dates that have passed what a nightly schedule does for today',
  description:
    'One run per date, the oldest first, at priority backfill, under the ids that a schedule of the same name and time gives its runs. What any run of the output has answered is taken over, never asked again. The command starts runs and waits for them; Ctrl-C stops that, open runs go on, and the same command continues: where it is is read from Temporal and S3. Dates that are complete are left alone; --again asks those that ended otherwise: under the same id where they could not begin, under the next (…-2) what a closed run has left. Exit code 1 where a date ended but not complete. docs/nights.md has an example.',
  examples: [
    ['tilescribe backfill --spec s3://imagery/nightly.json --from 2026-01-01 --to 2026-03-31', 'three months, two dates at once'],
    [
      'tilescribe backfill --schedule nightly --from 2026-01-01 --to 2026-03-31 --at-once 4',
      'what the schedule would have done, had it been there; four dates at once',
    ],
    ['tilescribe backfill --schedule nightly --from 2026-01-01 --to 2026-03-31 --dry-run', 'how far it is'],
  ],
  define: (command, io) => void withBackfillOptions(command).action(action(io, backfill)),
};
