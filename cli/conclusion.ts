import { PATHS } from '../domain/layout.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { Part } from '../domain/run.ts';
import { forTerminal } from '../domain/terminal.ts';
import type { Followed } from './follow.ts';
import { openOutput } from './run-output.ts';
import type { Screen } from './screen.ts';
import { grouped, isClosed, totalsLines, troubleLines } from './status-text.ts';
import { readManifest } from './stored-run.ts';
import { exitCodeOf, INTERRUPTED } from './verdict.ts';

/** What a command says last about a run that it followed. */

/** @returns one line for every folder of parts. */
export function partLines(parts: readonly Pick<Part, 'path' | 'lines'>[]): string[] {
  const folders = [...new Set(parts.map(({ path }) => path.split('/')[0] ?? path))];
  return folders.map((folder) => {
    const inside = parts.filter(({ path }) => path.startsWith(`${folder}/`));
    const lines = inside.reduce((sum, part) => sum + part.lines, 0);
    const name = inside.length === 1 ? (inside[0]?.path ?? folder) : `${folder}/part-*.jsonl (${grouped(inside.length)} parts)`;
    return `  ${name}  ${grouped(lines)} ${lines === 1 ? 'line' : 'lines'}`;
  });
}

/** The parts as manifest.json lists them; where that cannot be read from here, nothing. */
async function writtenParts(uri: string): Promise<readonly Part[]> {
  const output = openOutput(uri);
  try {
    return (await readManifest(output))?.parts ?? [];
  } catch {
    return [];
  } finally {
    await output.close();
  }
}

async function outputLines({ output, state }: RunStatus): Promise<string[]> {
  if (output === null) return [];
  if (!isClosed(state)) return [`output: ${forTerminal(output)}`];
  const parts = await writtenParts(output);
  const report = parts.length === 0 && state === 'failed' ? [] : [`  report: ${forTerminal(output)}${PATHS.reportHtml}`];
  return [`output: ${forTerminal(output)}`, ...partLines(parts), ...report];
}

function haltedLines(status: RunStatus, { paint }: Screen): string[] {
  return [
    `${status.run_id} ${paint.red('halted')}: nothing is submitted until it is resumed.`,
    ...troubleLines(status, paint),
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
