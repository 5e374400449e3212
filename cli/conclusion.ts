import { PATHS } from '../domain/layout.ts';
import type { RunStatus } from '../domain/progress.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import type { HarvestTotals, Part } from '../domain/run.ts';
import { forTerminal } from '../domain/terminal.ts';
import { sum } from '../domain/units.ts';
import type { Followed } from './follow.ts';
import { readableFromHere } from './run-output.ts';
import type { Screen } from './screen.ts';
import { clusterLines, isClosed, totalsLines, troubleLines } from './status-text.ts';
import { readManifest } from './stored-run.ts';
import { exitCodeOf, INTERRUPTED } from './verdict.ts';

/** What a command says last about a run that it followed. */

/** @returns one line for every folder of parts. */
export function partLines(parts: readonly Pick<Part, 'path' | 'lines'>[]): string[] {
  const folders = [...new Set(parts.map(({ path }) => path.split('/')[0] ?? path))];
  return folders.map((folder) => {
    const inside = parts.filter(({ path }) => path.startsWith(`${folder}/`));
    const lines = sum(inside.map((part) => part.lines));
    const name = inside.length === 1 ? (inside[0]?.path ?? folder) : `${folder}/part-*.jsonl (${grouped(inside.length)} parts)`;
    return `  ${name}  ${quantity(lines, 'line', grouped)}`;
  });
}

/** @returns what closed runs spared this one; nothing where they did not. */
export function harvestLines({ jobs, gpu_seconds: seconds, from }: HarvestTotals): string[] {
  if (jobs === 0) return [];
  const runs = from.length === 1 ? `run ${forTerminal(from[0]?.run_id ?? '')}` : `${grouped(from.length)} earlier runs`;
  const what = jobs === 1 ? '1 job was' : `${grouped(jobs)} jobs were`;
  return [`harvested: ${what} not asked again, since ${runs} had; about ${grouped(Math.round(seconds))} GPU seconds saved`];
}

async function outputLines({ output, state }: RunStatus): Promise<string[]> {
  if (output === null) return [];
  if (!isClosed(state)) return [`output: ${forTerminal(output)}`];
  const manifest = await readableFromHere(output, readManifest);
  const parts = manifest?.parts ?? [];
  const report = parts.length === 0 && state === 'failed' ? [] : [`  report: ${forTerminal(output)}${PATHS.reportHtml}`];
  const harvest = manifest === null ? [] : harvestLines(manifest.harvest);
  return [...harvest, `output: ${forTerminal(output)}`, ...partLines(parts), ...report];
}

function haltedLines(status: RunStatus, { paint }: Screen): string[] {
  return [
    `${status.run_id} ${paint.red('halted')}: nothing is submitted until it is resumed.`,
    ...troubleLines(status, paint),
    ...clusterLines(status),
    `then go on with \`tilescribe resume ${status.run_id}\`, or end it with \`tilescribe cancel ${status.run_id}\``,
  ];
}

function detached(runId: string, screen: Screen): number {
  screen.live([]);
  screen.note(`detached: run ${runId} goes on.`);
  screen.note(`  watch it:  tilescribe watch ${runId}`);
  screen.note(`  cancel it: tilescribe cancel ${runId}`);
  return INTERRUPTED;
}

/** Shows a status that is the last one. @returns the exit code. */
export async function showTotals(status: RunStatus, screen: Screen): Promise<number> {
  const lines = status.state === 'halted' ? haltedLines(status, screen) : totalsLines(status, screen.paint);
  for (const line of [...lines, ...(await outputLines(status))]) screen.line(line);
  screen.result(status);
  return exitCodeOf(status);
}

/** @returns the exit code. @throws the failure of a run that could not begin. */
export async function conclude(followed: Followed, runId: string, screen: Screen): Promise<number> {
  if (followed.kind === 'failed') throw followed.failure;
  return followed.kind === 'detached' ? detached(runId, screen) : showTotals(followed.status, screen);
}
