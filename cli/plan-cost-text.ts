import { spokenDuration } from '../domain/duration.ts';
import type { ServiceEstimate } from '../domain/estimate.ts';
import type { Plan } from '../domain/plan.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { spanOf, type Span } from '../domain/span.ts';
import { oneLine } from '../domain/terminal.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/units.ts';

/** What a plan says of jobs, GPU hours and the time it will be done. */

const LONGEST_NAME = 80;
const HOUR_S = HOUR_MS / SECOND_MS;
/** The largest first. */
const UNITS = [
  { name: 'h', seconds: HOUR_S },
  { name: 'min', seconds: MINUTE_MS / SECOND_MS },
  { name: 's', seconds: 1 },
] as const;

/** @returns `5.4–7.2`, or one figure where both are the same. */
function between(low: string, high: string): string {
  return low === high ? low : `${low}–${high}`;
}

function secondsText({ low, high }: Span): string {
  const text = (ms: number): string => (ms / SECOND_MS).toFixed(1);
  return between(text(low), text(high));
}

const TENTHS_BELOW = 10;

function figureText(value: number): string {
  return value < TENTHS_BELOW ? value.toFixed(1) : grouped(Math.round(value));
}

/** @param span in seconds; told in the largest unit of which there is one. */
function gpuTime({ low, likely, high }: Span): string {
  const unit = UNITS.find(({ seconds }) => high >= seconds) ?? UNITS[2];
  const [least, most, expected] = [low, high, likely].map((value) => figureText(value / unit.seconds));
  const range = between(least ?? '', most ?? '');
  return range === expected ? `${range} ${unit.name}` : `${range} ${unit.name}, likely ${expected} ${unit.name}`;
}

function basisText({ basis, from_runs, from_jobs }: ServiceEstimate): string {
  if (basis === 'assumed') return 'assumed: no earlier run of this output asked this model';
  return `measured: ${quantity(from_jobs, 'job', grouped)} of ${quantity(from_runs, 'run', grouped)}`;
}

function serviceLine(service: ServiceEstimate): string {
  const busy = gpuTime(service.gpu_seconds);
  const each = `${secondsText(service.latency_ms)} s each (${basisText(service)})`;
  return `  ${oneLine(service.service, LONGEST_NAME)}: ${quantity(service.jobs, 'job', grouped)}, ${each}; ${busy} of GPU time at work`;
}

/** @returns the moment as a clock shows it: `14:05`, with the date where it is another day than `from`. */
function clock(iso: string, from: string, timeZone: string): string {
  const format = (options: Intl.DateTimeFormatOptions, of: string): string =>
    // Swedish writes dates as ISO 8601 does.
    new Intl.DateTimeFormat('sv-SE', { timeZone, ...options }).format(new Date(of));
  const [day, time] = [{ dateStyle: 'short' }, { timeStyle: 'short' }] as const;
  const date = format(day, iso);
  return date === format(day, from) ? format(time, iso) : `${date} ${format(time, iso)}`;
}

function finishLine({ made_at, estimate: { finish_at, wall_seconds } }: Plan, timeZone: string): string {
  const at = (iso: string): string => clock(iso, made_at, timeZone);
  const [earliest, latest] = [at(finish_at.earliest), at(finish_at.latest)];
  const when = earliest === latest ? `at ${latest}` : `between ${earliest} and ${latest}, likely at ${at(finish_at.likely)}`;
  const takes = `in ${spokenDuration(wall_seconds.likely)}`;
  return `finish: ${when} (${timeZone}), ${takes}, if it begins now and nothing else uses the services`;
}

function jobsLine({ totals: { jobs, identical } }: Plan): string {
  const same =
    identical === 0
      ? ''
      : `; ${quantity(identical, 'more owed task', grouped)} ${identical === 1 ? 'gets' : 'get'} the answer of an identical request`;
  return `jobs: ${grouped(jobs)}${same}`;
}

/** @returns what is to be paid; one line where nothing is. */
export function costLines(plan: Plan, timeZone: string): string[] {
  const { totals, estimate } = plan;
  if (totals.owed === 0) return ['nothing is owed: a run asks no model and ends in seconds'];
  if (totals.jobs === 0) return [jobsLine(plan)];
  return [
    jobsLine(plan),
    ...estimate.services.filter(({ jobs }) => jobs > 0).map(serviceLine),
    `GPU time held: ${gpuTime(spanOf((end) => estimate.gpu_hours[end] * HOUR_S))} (with boot, and the window after the last job)`,
    finishLine(plan, timeZone),
  ];
}
