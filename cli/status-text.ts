import { spokenDuration } from '../domain/duration.ts';
import { type Cluster, mostFrequent } from '../domain/clusters.ts';
import { ERRORS, type ErrorCode } from '../domain/errors.ts';
import type { RunState, RunStatus } from '../domain/progress.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { forTerminal, oneLine } from '../domain/terminal.ts';
import type { Paint } from './paint.ts';

/** How a status is shown to people. Pure; text from outside is made fit for a terminal here. */

type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'bold';

const STATE_COLOURS = {
  enumerating: 'cyan',
  running: 'cyan',
  paused: 'yellow',
  halted: 'red',
  cancelling: 'yellow',
  complete: 'green',
  cancelled: 'yellow',
  failed: 'red',
} as const satisfies Record<RunState, Colour>;

const BAR_WIDTH = 24;
const REASON_LENGTH = 300;
const CLUSTERS_SHOWN = 5;

function ended({ ok, failed, skipped }: RunStatus): number {
  return ok + failed + skipped;
}

function share(status: RunStatus): number {
  return status.expected === 0 ? 0 : Math.min(1, ended(status) / status.expected);
}

function percent(status: RunStatus): string {
  return `${(Math.floor(share(status) * 1_000) / 10).toFixed(1)} %`;
}

function bar(status: RunStatus, paint: Paint): string {
  const full = Math.floor(share(status) * BAR_WIDTH);
  return `${paint.green('█'.repeat(full))}${paint.dim('░'.repeat(BAR_WIDTH - full))}`;
}

export function stateText(state: RunState, paint: Paint): string {
  return paint[STATE_COLOURS[state]](state);
}

function countsText(status: RunStatus, paint: Paint): string {
  const { ok, failed, skipped } = status;
  const failedText = `${grouped(failed)} failed`;
  return `${grouped(ok)} ok, ${failed > 0 ? paint.red(failedText) : failedText}, ${grouped(skipped)} skipped`;
}

function paceText({ rate_per_s: rate, eta_s: eta }: RunStatus): string {
  if (rate === null) return 'rate not known yet';
  return eta === null ? `${rate.toFixed(1)} tasks/s` : `${rate.toFixed(1)} tasks/s, ETA ${spokenDuration(eta)}`;
}

function budgetText({ budget, in_flight: inFlight }: RunStatus): string {
  const held = budget.held === 0 ? '' : `, ${quantity(budget.held, 'place', grouped)} held`;
  const waiting = budget.waiting_for === null ? '' : `, waiting for budget (${oneLine(budget.waiting_for, 80)})`;
  return `${grouped(inFlight)} in flight${held}${waiting}`;
}

/** @returns the progress of a run on one plain line, as a pipe gets it. */
export function progressLine(status: RunStatus, paint: Paint): string {
  const { state, expected } = status;
  const head = `${oneLine(status.run_id, 100)} ${stateText(state, paint)}`;
  if (expected === 0)
    return state === 'enumerating' ? `${head}: listing the input, ${quantity(status.inputs, 'tile', grouped)} so far` : head;
  const counts = `${grouped(ended(status))} of ${grouped(expected)} tasks (${percent(status)}): ${countsText(status, paint)}`;
  return `${head}: ${counts}; ${paceText(status)}; ${budgetText(status)}`;
}

/** @returns the same over a few lines with a bar, for a terminal that is redrawn. */
export function liveLines(status: RunStatus, paint: Paint): string[] {
  const head = `${paint.bold(oneLine(status.run_id, 60))}  ${stateText(status.state, paint)}`;
  if (status.expected === 0) return [head, `  listing the input: ${quantity(status.inputs, 'tile', grouped)} so far`];
  const tasks = `${grouped(ended(status))}/${grouped(status.expected)} tasks`;
  return [
    `${head}  ${bar(status, paint)} ${percent(status)}  ${tasks}`,
    `  ${countsText(status, paint)}`,
    `  ${paceText(status)}; ${budgetText(status)}`,
  ];
}

function haltLines(status: RunStatus, paint: Paint): string[] {
  return status.halted_services.flatMap(({ service, code, message, action }) => [
    `${paint.red(`${oneLine(service, 60)} halted (${code})`)}: ${oneLine(message, REASON_LENGTH)}`,
    `  what to do: ${oneLine(action, REASON_LENGTH)}`,
  ]);
}

/** @returns one line for every code, the most frequent first, with what it means. */
export function errorLines(errors: RunStatus['errors']): string[] {
  const rows = Object.entries(errors).filter(([, count]) => count > 0) as [ErrorCode, number][];
  const width = Math.max(0, ...rows.map(([, count]) => grouped(count).length));
  return rows
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(
      ([code, count]) => `  ${grouped(count).padStart(width)} ${code}: ${ERRORS[code]?.means ?? 'a code of a newer version.'}`,
    );
}

function clusterText({ service, code, count, text, example }: Cluster): string[] {
  const whose = service === null ? code : `${code}, ${oneLine(service, 60)}`;
  const said = example.message === null || example.message === text ? '' : `: ${oneLine(example.message, REASON_LENGTH)}`;
  return [
    `  ${grouped(count)} × ${oneLine(text, REASON_LENGTH)} (${whose})`,
    `    such as ${oneLine(example.uri, REASON_LENGTH)}${said}`,
  ];
}

/** @returns what the errors say most often, and how many more there are; `brief`: without examples. */
export function clusterLines({ fingerprints = [], errors = {} }: Partial<RunStatus>, brief = false): string[] {
  const top = mostFrequent(fingerprints).slice(0, CLUSTERS_SHOWN);
  if (top.length === 0) return [];
  const all = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const more = all - top.reduce((sum, { count }) => sum + count, 0);
  return [
    ...top.flatMap((one) => clusterText(one).slice(0, brief ? 1 : 2)),
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
  ];
}

/** @returns what halts a run or keeps it waiting; nothing where all is well. */
export function troubleLines(status: RunStatus, paint: Paint): string[] {
  const halts = haltLines(status, paint);
  if (halts.length > 0 || status.reason === null) return halts;
  return [`${paint.yellow('reason')}: ${oneLine(status.reason, REASON_LENGTH)}`];
}

function windowLines({ window_ends_at: endsAt }: RunStatus): string[] {
  return endsAt === undefined ? [] : [`  window until ${endsAt}: what is not asked in time stays owed`];
}

/** @returns everything that `status` shows. */
export function statusLines(status: RunStatus, paint: Paint): string[] {
  const { ranges, output } = status;
  const errors = errorLines(status.errors);
  const clusters = clusterLines(status);
  return [
    `${paint.bold(oneLine(status.run_id, 200))}  ${stateText(status.state, paint)}`,
    ...(status.expected === 0
      ? isClosed(status.state)
        ? []
        : [`  ${quantity(status.inputs, 'tile', grouped)} so far`]
      : [
          `  ${bar(status, paint)} ${percent(status)}  ${grouped(ended(status))} of ${grouped(status.expected)} tasks, ${quantity(status.inputs, 'tile', grouped)}`,
          `  ${countsText(status, paint)}`,
        ]),
    ...(isClosed(status.state) ? [] : [`  ${paceText(status)}; ${budgetText(status)}`, ...windowLines(status)]),
    ...(ranges.total === 0 ? [] : [`  ${grouped(ranges.done)} of ${grouped(ranges.total)} ranges merged`]),
    ...troubleLines(status, paint).map((line) => `  ${line}`),
    ...(errors.length === 0 ? [] : ['  errors:', ...errors.map((line) => `  ${line}`)]),
    ...(clusters.length === 0 ? [] : ['  what they say:', ...clusters.map((line) => `  ${line}`)]),
    ...(output === null ? [] : [`  output: ${forTerminal(output)}`]),
  ];
}

/** @returns whether nothing more will happen to the run by itself. */
export function isClosed(state: RunState): boolean {
  return state === 'complete' || state === 'cancelled' || state === 'failed';
}

/** @returns what a run came to, when it has ended. */
export function totalsLines(status: RunStatus, paint: Paint): string[] {
  const errors = errorLines(status.errors);
  const clusters = clusterLines(status);
  const total = `${quantity(status.inputs, 'tile', grouped)}, ${quantity(status.expected, 'task', grouped)}: ${countsText(status, paint)}`;
  const unfinished = status.expected - ended(status);
  return [
    `${oneLine(status.run_id, 200)} ${stateText(status.state, paint)}: ${total}${unfinished > 0 ? `, ${grouped(unfinished)} unfinished` : ''}`,
    ...troubleLines(status, paint),
    ...(errors.length === 0 ? [] : ['errors by code:', ...errors]),
    ...(clusters.length === 0 ? [] : ['what they say:', ...clusters]),
  ];
}
