import { Failure } from '../domain/failure.ts';
import { grouped } from '../domain/quantity.ts';
import type { Part, RunManifest } from '../domain/run.ts';
import { oneLine } from '../domain/terminal.ts';
import { namesView, outputPlace, viewUri } from './current-place.ts';
import { taskRecords } from './current-text.ts';
import { withStores } from './stores.ts';
import { checkTask, endedManifest, outputAddress } from './finished-run.ts';
import { openFolder, openOutput, type RunOutput } from './run-output.ts';

/** What is exported: the records of a run that has ended, or those of a current view. */
export interface Source {
  readonly output: RunOutput;
  readonly parts: readonly Part[];
  /** Null for a view, which has records of many runs. */
  readonly run_id: string | null;
  readonly state: RunManifest['state'] | 'current';
  /** For people, where something is lacking. */
  readonly remarks: readonly string[];
  /** @throws Failure where there is no such task */
  readonly checkTask: (task: string) => Promise<void>;
}

const LONGEST = 200;

function remarks({ state, unfinished, expected }: RunManifest): string[] {
  if (state === 'complete') return [];
  return [`the run is ${state}: ${grouped(unfinished)} of ${grouped(expected)} tasks are unfinished`];
}

async function runSource(address: string): Promise<Source> {
  const output = openOutput(address);
  try {
    const manifest = await endedManifest(output);
    const { run_id, state, parts } = manifest;
    return { output, parts, run_id, state, remarks: remarks(manifest), checkTask: (task) => checkTask(output, task) };
  } catch (error) {
    await output.close();
    throw error;
  }
}

async function viewSource(address: string): Promise<Source> {
  const place = outputPlace(address);
  const { parts } = await withStores(async (stores) => {
    const { readExistingView } = await import('../current/view.ts');
    return readExistingView(stores.pointers({}), place);
  });
  const uri = viewUri(place);
  const known = [...new Set(taskRecords(parts).map(({ task_id }) => task_id))];
  const check = async (task: string): Promise<void> => {
    if (known.includes(task)) return;
    const sentence = `--task ${oneLine(task, LONGEST)} is no task of this view; it has ${known.join(', ')}.`;
    throw new Failure('InvalidSpec', sentence);
  };
  return { output: openFolder(uri), parts, run_id: null, state: 'current', remarks: [], checkTask: check };
}

/** @returns where an export comes from, as an address: only a run that is named by its id has to be asked for. @throws Failure */
export async function sourceAddress(text: string): Promise<string> {
  return namesView(text) ? text : outputAddress(text);
}

/** @returns what is exported, for the caller to close. @throws Failure where it is not there, or has not ended */
export function openSource(address: string): Promise<Source> {
  return namesView(address) ? viewSource(address) : runSource(address);
}
