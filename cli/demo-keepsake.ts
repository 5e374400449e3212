import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PATHS } from '../domain/layout.ts';
import { forTerminal } from '../domain/terminal.ts';
import { openOutput } from './run-output.ts';
import { readManifest } from './stored-run.ts';

/** What stays of a demo when its S3 is gone. */
export interface Keepsake {
  readonly directory: string;
  /** Relative to the directory. */
  readonly files: readonly string[];
  readonly captions: readonly SampleCaption[];
}

export interface SampleCaption {
  readonly key: string;
  readonly text: string;
}

/** Where in a part samples are taken: not at the same longitude of every row. */
const PLACES = [0.31, 0.55, 0.73];
/** The parts have fixed names; nothing else is written. */
const PART = /^(captions|answers|errors)\/part-\d{5}\.jsonl$/u;

/** @returns captions from the length of a part, fit for a terminal. */
export function sampleCaptions(lines: readonly string[]): SampleCaption[] {
  const chosen = PLACES.flatMap((place) => lines.at(Math.floor(lines.length * place)) ?? []);
  return chosen.map((line) => {
    const { key, text } = JSON.parse(line) as { key: string; text: string | null };
    return { key: forTerminal(key), text: forTerminal(text ?? '') };
  });
}

/** Copies a run's parts, manifest and reports into a directory. @param uri `s3://…/run=<id>/` */
export async function keep(uri: string, directory: string): Promise<Keepsake> {
  const output = openOutput(uri);
  try {
    const parts = (await readManifest(output))?.parts ?? [];
    const names = parts.map(({ path }) => path).filter((path) => PART.test(path));
    const files: string[] = [];
    for (const path of [...names, PATHS.manifest, PATHS.reportJson, PATHS.reportHtml]) {
      const text = await output.text(path);
      if (text === null) continue;
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      files.push(path);
    }
    const captions = (await output.text(PATHS.recordPart('caption', 0))) ?? '';
    return { directory: resolve(directory), files, captions: sampleCaptions(captions.split('\n').filter((line) => line !== '')) };
  } finally {
    await output.close();
  }
}
