import { spokenDuration } from '../domain/duration.ts';
import { TASK_STATES } from '../domain/owed.ts';
import type { Plan, PlannedReason, PlannedTask } from '../domain/plan.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { forTerminal, oneLine } from '../domain/terminal.ts';
import type { Paint } from './paint.ts';
import { costLines } from './plan-cost-text.ts';
import { tableLines } from './text-table.ts';

/** How a plan is shown to people. Pure; text from outside is made fit for a terminal here. */

/** Where and for whom it is shown. */
export interface PlanView {
  readonly paint: Paint;
  /** In which moments are told, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** The command that does what the plan says. */
  readonly next: string;
}

const LONGEST = 300;
const LONGEST_NAME = 80;
const NAMED = 3;

/** The kinds of keys that are no tiles, as people call them. */
const IGNORED_NOUNS = {
  zero_bytes: 'empty object',
  folder: 'folder marker',
  sidecar: 'sidecar',
  excluded: 'excluded key',
  duplicate: 'duplicate',
} as const satisfies Record<keyof Plan['input']['ignored'], string>;

function name(text: string): string {
  return oneLine(text, LONGEST_NAME);
}

function inputLine({ input: { tiles, ignored }, totals }: Plan): string {
  const kinds = Object.entries(IGNORED_NOUNS).map(([kind, noun]) => [ignored[kind as keyof typeof ignored], noun] as const);
  const told = kinds.filter(([count]) => count > 0).map(([count, noun]) => quantity(count, noun, grouped));
  const rest = told.length === 0 ? '' : `; IGNORED ${grouped(totals.ignored)}: ${told.join(', ')}`;
  return `input: ${quantity(tiles, 'tile', grouped)}${rest}`;
}

function earlierLine({ earlier_runs: runs }: Plan): string {
  const [newest] = runs;
  if (newest === undefined) return 'earlier runs of this output: none';
  const { run_id, state } = newest;
  return `compared with ${quantity(runs.length, 'earlier run', grouped)} of this output, the newest ${name(run_id)} (${state})`;
}

function countCells(states: PlannedTask['states'], owed: number): string[] {
  return [...TASK_STATES.map((state) => states[state]), owed].map(grouped);
}

/** Numbers stand at the right of their column. */
function rightAligned(rows: readonly (readonly string[])[]): string[][] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell : cell.padStart(width(column)))));
}

function stateLines({ tasks, totals }: Plan): string[] {
  const head = ['TASK', ...TASK_STATES.map((state) => state.toUpperCase()), 'OWED'];
  const rows = tasks.map(({ task_id, states, owed }) => [name(task_id), ...countCells(states, owed)]);
  const total = rows.length < 2 ? [] : [['all', ...countCells(totals, totals.owed)]];
  return tableLines(rightAligned([head, ...rows, ...total]));
}

function reasonLines({ state, reason, count, owed, samples }: PlannedReason, paint: Paint): string[] {
  const why = reason === null ? '' : ` (${oneLine(reason, LONGEST)})`;
  const asked = owed === (state !== 'done') ? '' : owed ? ', asked again' : ', not asked again';
  const head = `  ${paint.bold(state.toUpperCase())}${why}: ${grouped(count)}${asked}`;
  return [head, ...samples.map((uri) => `    ${oneLine(uri, LONGEST)}`)];
}

function whyLines({ reasons }: Plan, paint: Paint): string[] {
  const told = reasons.filter(({ state, owed }) => state !== 'done' || owed);
  return told.length === 0 ? [] : ['why:', ...told.flatMap((reason) => reasonLines(reason, paint))];
}

function savedLines({ harvest: { records, jobs_in_flight: jobs, gpu_seconds_saved: seconds, from } }: Plan): string[] {
  if (records + jobs === 0) return [];
  const more = from.length <= NAMED ? '' : ` and ${quantity(from.length - NAMED, 'other', grouped)}`;
  const names = from.slice(0, NAMED).map(({ run_id }) => name(run_id));
  const runs = names.length === 0 ? '' : ` of ${names.join(', ')}${more}`;
  const parts = [
    ...(records === 0 ? [] : [`${quantity(records, 'record', grouped)}${runs} taken over`]),
    ...(jobs === 0 ? [] : [`${quantity(jobs, 'job', grouped)} still at the services collected`]),
  ];
  return [`saved: ${parts.join(', ')}; about ${spokenDuration(seconds)} of GPU time`];
}

function warningLines({ open_runs: open }: Plan, paint: Paint): string[] {
  const warning = paint.yellow('warning');
  return open.map((id) => {
    const sentence = `run ${name(id)} goes on in the same output; what it has not ended yet counts as owed here.`;
    return `${warning}: ${sentence} Wait for it: tilescribe watch ${name(id)}`;
  });
}

/** @returns everything that `plan` shows. */
export function planLines(plan: Plan, { paint, timeZone, next }: PlanView): string[] {
  return [
    `${paint.bold(name(plan.dataset))}  ${forTerminal(plan.output)}`,
    inputLine(plan),
    earlierLine(plan),
    ...stateLines(plan),
    ...whyLines(plan, paint),
    ...savedLines(plan),
    ...costLines(plan, timeZone),
    ...warningLines(plan, paint),
    // Whole, as it is pasted.
    `next: ${forTerminal(next).replaceAll('\n', ' ')}`,
  ];
}
