import { Option, type Command } from 'commander';
import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { ScheduleOrder } from '../adapters/temporal/schedule-order.ts';
import type { ScheduleView } from '../adapters/temporal/schedule-view.ts';
import { isTimeZone, parseWallTime } from '../domain/calendar.ts';
import { Failure } from '../domain/failure.ts';
import { isCronExpression } from '../domain/schedule.ts';
import type { Priority, RunSpec } from '../domain/spec.ts';
import { isSpecAddress, parseNamedSpec, SPEC_ADDRESS_EXPECTED, type NamedSpec } from '../schema/night.ts';
import { action, withJson, type Io, type Session } from './command.ts';
import { withExamples, type Examples } from './examples.ts';
import { fitting, wholeNumberFrom } from './option.ts';
import { specDueAt, storedSpec } from './schedule-spec.ts';
import { withRunClient } from './run-target.ts';
import { checkedName, NAME_ARGUMENT } from './schedule-target.ts';
import { createdLines, scheduleDocument } from './schedule-text.ts';

interface CreateOptions {
  readonly cron: string;
  readonly timezone: string;
  readonly spec: string;
  readonly until?: string;
  readonly priority?: Priority;
  readonly catchUp: number;
  readonly paused?: boolean;
  readonly replace?: boolean;
}

const CATCH_UP_HOURS = 12;
/** A year, as Temporal has it where nothing is said; a window that it cannot count in nanoseconds it shortens silently. */
const MOST_CATCH_UP_HOURS = 365 * 24;
/** A night is nobody's dialogue. */
const NIGHTLY = ['nightly', 'backfill'] as const satisfies readonly Priority[];

function namedBy({ spec, timezone, until, priority }: CreateOptions): NamedSpec {
  const window = { timeZone: timezone, ...(until !== undefined && { until }) };
  return parseNamedSpec({ spec, window, ...(priority && { priority }) });
}

function orderOf(
  name: string,
  options: CreateOptions,
  order: Pick<ScheduleOrder, 'argument'> & { dataset: string },
): ScheduleOrder {
  const { cron, timezone, spec, until = null, catchUp, paused = false } = options;
  const { argument, dataset } = order;
  const memo = { dataset, spec, cron, time_zone: timezone, until };
  return { name, cron, timeZone: timezone, argument, memo, catchUpHours: catchUp, paused };
}

interface Made {
  readonly replaced: boolean;
  readonly view: ScheduleView;
}

/** @throws Failure `InvalidSpec`, also where its time never comes: only the server knows that, of a schedule that is there. */
async function made({ schedules }: RunClient, order: ScheduleOrder, replace: boolean): Promise<Made> {
  const { name, cron } = order;
  const { replaced } = await schedules.create(order, replace);
  const view = await schedules.describe(name);
  if (view.next.length > 0 || replaced) return { replaced, view };
  await schedules.delete(name);
  throw new Failure('InvalidSpec', `The time of the cron expression "${cron}" never comes; nothing was made.`);
}

function askedBy({ input, output, window }: RunSpec): object {
  return { input: input.uri, output: output.uri, until: window?.endsAt ?? null };
}

async function create({ screen }: Session, [text = '']: readonly string[], options: CreateOptions): Promise<number> {
  const name = checkedName(text);
  const named = namedBy(options);
  const stored = await storedSpec(named);
  // Its mistakes are told before anything is made; when it comes first, only the server knows.
  const { dataset } = specDueAt(named, stored, Date.now());
  const order = orderOf(name, options, { argument: named, dataset });
  const { replaced, view } = await withRunClient((client) => made(client, order, options.replace === true));
  const [first = null] = view.next.slice(0, 1).map((due) => {
    const dueMs = Date.parse(due);
    return { spec: specDueAt(named, stored, dueMs), timeZone: options.timezone, dueMs };
  });
  if (!screen.json) for (const line of createdLines(view, { replaced, first })) screen.line(line);
  const asks = first === null ? null : askedBy(first.spec);
  screen.result({ ...scheduleDocument(view), replaced, first: asks });
  return 0;
}

const CRON = fitting('five fields (minute, hour, day of month, month, day of week) without #, or "@every 6h"', isCronExpression);
const TIME_ZONE = fitting('the name of a time zone, such as Asia/Kolkata', isTimeZone);
const UNTIL = fitting('a time of the day as HH:MM', (text) => parseWallTime(text) !== null);
const ADDRESS = fitting(SPEC_ADDRESS_EXPECTED, isSpecAddress);

const EXAMPLES: Examples = [
  [
    'tilescribe schedule create nightly --cron "0 2 * * *" --timezone Asia/Kolkata --spec s3://ops/nightly.json --until 06:00',
    'every night at two, done by six',
  ],
  [
    'tilescribe schedule create nightly --cron "30 1 * * *" --timezone Asia/Kolkata --spec s3://ops/nightly.json --replace',
    'the same half an hour earlier, and until whatever the spec says',
  ],
  [
    'tilescribe schedule create often --cron "@every 6h" --timezone UTC --spec s3://ops/harbours.json --paused',
    'four times a day, from `tilescribe schedule resume often` on',
  ],
];

/** Adds `schedule create`. */
export function defineCreate(command: Command, io: Io): void {
  const created = command
    .summary('Make a schedule, or with --replace change it')
    .description(
      'Reads the spec now and says what is wrong with it; it is read again whenever a run begins. {date}, {date-1} and {date:YYYY/MM/DD} in its input.uri and output.uri become the day of the run in the time zone, however late it starts. A run that is due while the last one is open waits for its end. A time that the clocks of the zone leave out in spring does not come that day. Where --cron has a day of the month and a day of the week, both must hold.',
    )
    .argument('<name>', `${NAME_ARGUMENT}; its runs are called <name>-<time>`)
    .requiredOption('--cron <expression>', 'when: minute, hour, day of month, month, day of week; or "@every 6h"', CRON)
    .requiredOption('--timezone <name>', 'whose clocks --cron, --until and the dates go by', TIME_ZONE)
    .requiredOption('--spec <s3-uri>', 'the object that holds the run spec', ADDRESS)
    .option('--until <hh:mm>', 'when the GPUs are to be free again; default: as the spec says', UNTIL)
    .addOption(new Option('--priority <priority>', 'default: as the spec says, else nightly').choices(NIGHTLY))
    .option(
      '--catch-up <hours>',
      `how late a run may start after an outage, ${MOST_CATCH_UP_HOURS} at most; later ones are left out`,
      wholeNumberFrom(1, MOST_CATCH_UP_HOURS),
      CATCH_UP_HOURS,
    )
    .option('--paused', 'start nothing before `schedule resume`')
    .option('--replace', 'change the schedule of that name in place, where there is one');
  withJson(created).action(action(io, create));
  withExamples(command, EXAMPLES);
}
