import { phaseOf, type DateRun, type DateState } from '../domain/backfill.ts';
import type { RunStatus } from '../domain/progress.ts';
import { quantity } from '../domain/quantity.ts';
import { oneLine } from '../domain/terminal.ts';
import type { BackfillDesk } from './backfill-desk.ts';
import type { Driven } from './backfill-drive.ts';
import { backfillTable, changeLine, totalsText } from './backfill-text.ts';
import type { Screen } from './screen.ts';
import { troubleLines } from './status-text.ts';
import { exitCodeOf, INTERRUPTED } from './verdict.ts';

/** What a backfill says last. */

const LONGEST = 300;
const LEFT_OVER: readonly DateState[] = ['failed', 'cancelled', 'unfinished'];
const EMPTY_EXIT_CODE = 2;

/** What was shown, for a program. */
export interface BackfillHead {
  readonly name: string;
  readonly time_zone: string;
  readonly outputOf: BackfillDesk['outputOf'];
}

function inState(runs: readonly DateRun[], states: readonly DateState[]): DateRun[] {
  return runs.filter(({ state }) => states.includes(state));
}

function endLines({ runs, end }: Driven): string[] {
  const open = inState(runs, ['open', 'halted']);
  const due = runs.filter((run) => phaseOf(run) === 'due');
  if (end === 'given_up')
    return [
      `runs failed one after the other, and ${quantity(due.length, 'date')} were not begun: put right what they say; then the same command goes on, and with --again it asks also those that failed`,
    ];
  if (end !== 'interrupted') return [];
  const going = open.length === 0 ? '' : ` ${open.map(({ runId }) => runId).join(', ')} ${open.length === 1 ? 'goes' : 'go'} on.`;
  return [`interrupted: ${quantity(due.length, 'date')} not begun.${going} The same command continues.`];
}

function leftLines(runs: readonly DateRun[]): string[] {
  const left = inState(runs, LEFT_OVER);
  const empty = inState(runs, ['no_tiles']);
  const [flawed, ...more] = inState(runs, ['complete']).filter(({ figures }) => (figures?.failed ?? 0) > 0);
  return [
    ...(left.length === 0
      ? []
      : [`${quantity(left.length, 'date')} not complete: the same command with --again asks what they left`]),
    ...(empty.length === 0
      ? []
      : [`${quantity(empty.length, 'date')} without tiles: the same command with --again looks for them anew`]),
    ...(flawed === undefined
      ? []
      : [
          `${quantity(more.length + 1, 'date')} with failed records: \`tilescribe retry ${flawed.runId}\` asks those of ${flawed.date} again`,
        ]),
  ];
}

/** @returns the table of the dates, and what is to be done about them. */
export function conclusionLines(driven: Driven, { paint, terminal }: Screen): string[] {
  const { runs, changed } = driven;
  // A pipe has had a line of those that failed meanwhile.
  const untold = inState(runs, ['failed']).filter(({ date }) => terminal || !changed.has(date));
  const reasons = untold.map((run) => changeLine(run, paint));
  return [...backfillTable(runs), totalsText(runs), ...reasons, ...leftLines(runs), ...endLines(driven)];
}

/** @returns what a program is told of the dates. */
export function backfillResult({ runs, end }: Pick<Driven, 'runs'> & { end: Driven['end'] | null }, head: BackfillHead): object {
  const { outputOf, ...rest } = head;
  return {
    ...rest,
    end,
    dates: runs.map((run) => ({
      date: run.date,
      run_id: run.runId,
      at: new Date(run.nominalMs).toISOString(),
      state: run.state,
      tiles: run.figures?.tiles ?? null,
      ok: run.figures?.ok ?? null,
      failed: run.figures?.failed ?? null,
      taken_over: run.figures?.takenOver ?? null,
      ended_at: run.figures?.endedAt ?? null,
      reason: run.reason,
      output: outputOf(run),
    })),
  };
}

function haltedLines(status: RunStatus, { paint }: Screen): string[] {
  const go = `  then go on with \`tilescribe resume ${status.run_id}\`, and the same command`;
  return [`${oneLine(status.run_id, LONGEST)} ${paint.red('halted')}`, ...troubleLines(status, paint), go];
}

function exitCode({ runs, end }: Driven, halted: RunStatus | undefined): number {
  if (end === 'interrupted') return INTERRUPTED;
  if (end === 'halted') return halted === undefined ? 1 : exitCodeOf(halted);
  if (end === 'given_up' || inState(runs, LEFT_OVER).length > 0) return 1;
  return runs.every(({ state }) => state === 'no_tiles') ? EMPTY_EXIT_CODE : 0;
}

/** Shows how a backfill ended. @returns the exit code. */
export async function concludeBackfill(driven: Driven, desk: BackfillDesk, screen: Screen): Promise<number> {
  const { runs, end } = driven;
  screen.live([]);
  for (const line of conclusionLines(driven, screen)) screen.line(line);
  const halted = end === 'halted' ? await Promise.all(inState(runs, ['halted']).map((run) => desk.status(run))) : [];
  const known = halted.filter((status) => status !== null);
  for (const line of known.flatMap((status) => haltedLines(status, screen))) screen.line(line);
  const [first] = inState(runs, ['no_tiles']);
  const code = exitCode(driven, known[0]);
  if (code === EMPTY_EXIT_CODE && first !== undefined)
    screen.note(`tilescribe: no date has tiles. ${oneLine(first.reason ?? '', LONGEST)}`);
  return code;
}
