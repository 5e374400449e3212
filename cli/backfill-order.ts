import { datesOf, type DateRun } from '../domain/backfill.ts';
import { countDates, dailyTime, MOST_DATES, type BackfillPlan } from '../domain/backfill-dates.ts';
import { dateText, type WallTime } from '../domain/calendar.ts';
import { Failure } from '../domain/failure.ts';
import { isScheduleName, SCHEDULE_NAME_EXPECTED } from '../domain/schedule.ts';
import { forTerminal } from '../domain/terminal.ts';
import { isoText, wholeSeconds } from '../domain/units.ts';
import { isJsonObject, ownField } from '../schema/json-object.ts';
import { isNamedSpec, parseNamedSpec } from '../schema/night.ts';
import type { BackfillOptions } from './backfill-options.ts';
import { datedSpec, readSource, requireDate, zoneOf, type BackfillSource } from './backfill-source.ts';
import { withSchedule } from './schedule-target.ts';

/** Which runs are to be made up for, and of what. */
export interface BackfillOrder {
  readonly plan: BackfillPlan;
  readonly source: BackfillSource;
  /** Whose clocks the dates of addresses go by. */
  readonly timeZone: string;
}

const MIDNIGHT: WallTime = { hour: 0, minute: 0 };

/** @throws Failure `InvalidSpec` */
export function requireDates({ from, to }: Pick<BackfillOptions, 'from' | 'to'>): void {
  const count = countDates({ from, to });
  if (count < 1)
    throw new Failure('InvalidSpec', `--from ${dateText(from)} comes after --to ${dateText(to)}; give the earlier one first.`);
  if (count <= MOST_DATES) return;
  const sentence = `--from ${dateText(from)} --to ${dateText(to)} are ${count} dates; expected at most ${MOST_DATES}. Do it in pieces.`;
  throw new Failure('InvalidSpec', sentence);
}

/** @returns the first and the last date that there is, with their runs. @throws Failure `InvalidSpec` where there is none. */
function endsOf(plan: BackfillPlan): { readonly first: DateRun; readonly last: DateRun } {
  const dates = datesOf(plan);
  const [first, last] = [dates.at(0), dates.at(-1)];
  if (first !== undefined && last !== undefined) return { first, last };
  const sentence = `--from ${dateText(plan.from)} --to ${dateText(plan.to)}: ${plan.timeZone} has no such day; give another.`;
  throw new Failure('InvalidSpec', sentence);
}

function requirePast({ date, nominalMs }: DateRun, nowMs: number): void {
  if (nominalMs <= nowMs) return;
  const due = wholeSeconds(isoText(nominalMs));
  const sentence = `--to ${date}: that run stands for ${due}, which has not come. A backfill makes up for dates that have passed; give an earlier one.`;
  throw new Failure('InvalidSpec', sentence);
}

function requireName(name: string, { name: given, schedule }: BackfillOptions): void {
  if (isScheduleName(name)) return;
  const shown = JSON.stringify(name.slice(0, 60));
  const whose =
    schedule === undefined || given !== undefined
      ? `--name ${shown}`
      : `${shown}, as the runs of ${forTerminal(schedule)} begin,`;
  const sentence = `${whose} cannot begin a run id; give --name with ${SCHEDULE_NAME_EXPECTED}.`;
  throw new Failure('InvalidSpec', sentence);
}

async function ofSpec(options: BackfillOptions): Promise<BackfillOrder> {
  const { spec, from, to, name, at = MIDNIGHT, timezone } = options;
  if (spec === undefined) throw new Failure('InvalidSpec', 'Say what to ask with --spec SPEC, or with --schedule NAME.');
  const source = await readSource(spec);
  const timeZone = timezone ?? zoneOf(source);
  const dataset = ownField(source.document, 'dataset');
  return { plan: { name: name ?? (typeof dataset === 'string' ? dataset : ''), from, to, at, timeZone }, source, timeZone };
}

async function scheduleSource(name: string, argument: unknown): Promise<BackfillSource> {
  if (!isNamedSpec(argument)) {
    if (!isJsonObject(argument)) throw new Failure('InvalidSpec', `The schedule ${name} starts its runs without a spec.`);
    return { address: `of schedule ${name}`, document: argument, decided: {} };
  }
  const { spec, window } = parseNamedSpec(argument);
  return readSource(spec, window === undefined ? {} : { window }, `The spec of the schedule ${forTerminal(name)}`);
}

async function ofSchedule(schedule: string, { from, to, name }: BackfillOptions): Promise<BackfillOrder> {
  const { cron, argument, timeZone, runsNamed } = await withSchedule(schedule, (client, known) =>
    client.schedules.describe(known),
  );
  const at = cron === null ? null : dailyTime(cron);
  if (at === null) {
    const times = cron === null ? 'has times that are not one of a day' : `goes by "${cron}"`;
    const todo = 'Give --spec, --name and --at in place of --schedule, or use `temporal schedule backfill`.';
    throw new Failure(
      'InvalidSpec',
      `The schedule ${forTerminal(schedule)} ${times}; expected one time a day, "M H * * *". ${todo}`,
    );
  }
  const source = await scheduleSource(schedule, argument);
  return { plan: { name: name ?? runsNamed, from, to, at, timeZone }, source, timeZone: zoneOf(source) };
}

/**
 * A schedule may come by other clocks than those by which its runs have their dates; only the temporal command makes such.
 *
 * @returns what that means for the first date; null where there is one clock.
 */
export function clocksNote({ plan, source, timeZone }: BackfillOrder, nowMs: number): string | null {
  if (plan.timeZone === timeZone) return null;
  const { date, nominalMs } = endsOf(plan).first;
  const { spec } = datedSpec(source, { nominalMs, timeZone }, nowMs);
  return `dates in addresses go by ${timeZone}, the times of the schedule by ${plan.timeZone}: the run of ${date} asks about ${spec.input.uri}`;
}

/** @returns what is to be done, with everything checked that can be before a run begins. @throws Failure */
export async function readOrder(options: BackfillOptions, nowMs: number): Promise<BackfillOrder> {
  const { schedule } = options;
  requireDates(options);
  const order = schedule === undefined ? await ofSpec(options) : await ofSchedule(schedule, options);
  const { plan, source, timeZone } = order;
  requireDate(source);
  const { first, last } = endsOf(plan);
  datedSpec(source, { nominalMs: first.nominalMs, timeZone }, nowMs);
  requireName(plan.name, options);
  requirePast(last, nowMs);
  return order;
}
