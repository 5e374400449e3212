import { Failure } from '../domain/failure.ts';
import { PATHS } from '../domain/layout.ts';
import type { RunManifest } from '../domain/run.ts';
import { oneLine } from '../domain/terminal.ts';
import { parseRun } from '../schema/run.ts';
import { storedJson } from '../schema/stored-json.ts';
import { look } from './glance.ts';
import type { RunOutput } from './run-output.ts';
import { runTarget, withRunClient } from './run-target.ts';
import { readManifest } from './stored-run.ts';

const LONGEST = 200;

/** @returns where the output of a run is, which only a run that is named by its id has to be asked for. @throws Failure */
export async function outputAddress(text: string): Promise<string> {
  const { runId, uri } = runTarget(text);
  if (uri !== null) return uri;
  const seen = await withRunClient((client) => look(client, runId, null));
  if (seen.kind === 'failed') throw seen.failure;
  const output = seen.kind === 'ended' ? seen.status.output : null;
  if (output !== null) return output;
  const name = oneLine(runId, LONGEST);
  throw new Failure('InvalidSpec', `Run ${name} has not ended. Wait for it with \`tilescribe watch ${name}\`.`);
}

/** @throws Failure where the run has not ended, or is not there. */
export async function endedManifest(output: RunOutput): Promise<RunManifest> {
  const manifest = await readManifest(output);
  if (manifest !== null) return manifest;
  const sentence = `${oneLine(output.uri, LONGEST)}${PATHS.manifest} is not there: the run has not ended, or its address is another.`;
  throw new Failure('NotFound', sentence);
}

/** @throws Failure where a run has no such task. */
export async function checkTask(output: RunOutput, task: string): Promise<void> {
  const text = await output.text(PATHS.run);
  if (text === null) return;
  const uri = output.uri + PATHS.run;
  const { spec } = parseRun(storedJson(text, uri), uri);
  const tasks = spec.tasks.map(({ id }) => id);
  if (tasks.includes(task)) return;
  const sentence = `--task ${oneLine(task, LONGEST)} is no task of this run; it has ${tasks.join(', ')}.`;
  throw new Failure('InvalidSpec', sentence);
}
