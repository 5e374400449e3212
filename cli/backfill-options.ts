import { InvalidArgumentError, Option, type Command } from 'commander';
import { MOST_DATES } from '../domain/backfill-dates.ts';
import { isTimeZone, parseDate, parseWallTime, type CalendarDate, type WallTime } from '../domain/calendar.ts';
import { withJson } from './command.ts';
import { wholeNumberFrom } from './option.ts';

/** What `backfill` is told. */
export interface BackfillOptions {
  readonly spec?: string;
  readonly schedule?: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly name?: string;
  readonly at?: WallTime;
  readonly timezone?: string;
  readonly atOnce?: number;
  readonly newestFirst?: boolean;
  readonly again?: boolean;
  readonly dryRun?: boolean;
}

export const AT_ONCE = 2;

/** @returns a reader of texts that `parse` knows. */
function readerOf<T>(parse: (text: string) => T | null, expected: string): (text: string) => T {
  return (text) => {
    const value = parse(text);
    if (value === null) throw new InvalidArgumentError(`Expected ${expected}.`);
    return value;
  };
}

const date = readerOf(parseDate, 'a date of the calendar, YYYY-MM-DD');
const time = readerOf(parseWallTime, 'a time of the day, HH:MM');
const zone = readerOf((text) => (isTimeZone(text) ? text : null), 'the name of a time zone, such as Asia/Kolkata');

export function withBackfillOptions(command: Command): Command {
  const asked = command
    .option('--spec <spec>', 'a path, or s3://bucket/key of a run spec with {date} in input.uri')
    .addOption(
      new Option('--schedule <name>', 'in place of --spec, --at and --timezone: those of a schedule').conflicts([
        'spec',
        'at',
        'timezone',
      ]),
    )
    .requiredOption('--from <date>', 'the first date, YYYY-MM-DD', date)
    .requiredOption('--to <date>', `the last date; at most ${MOST_DATES} in all`, date)
    .option('--name <name>', 'what run ids begin with; default: what those of the schedule do, else the dataset of the spec')
    .option('--at <HH:MM>', 'the time of each date that its run stands for; default: 00:00', time)
    .option('--timezone <zone>', 'whose clocks dates go by; default: window.timeZone of the spec, else UTC', zone);
  const how = asked
    .option('--at-once <n>', `the most runs that are open at once (default ${AT_ONCE})`, wholeNumberFrom(1))
    .option('--newest-first', 'begin with the last date')
    .option('--again', 'ask also the dates that have ended, but not complete')
    .option('--dry-run', 'show what the run of each date is, and start nothing');
  return withJson(how);
}
