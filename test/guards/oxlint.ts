import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './tree.ts';

/** One complaint of oxlint: the rule's name, the file as oxlint names it, and the message the rule was given. */
export interface Complaint {
  readonly rule: string;
  readonly file: string;
  readonly help: string;
}

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
  readonly help?: string;
}

/** @returns what oxlint says of a folder under a configuration file. @throws where oxlint itself fails. */
export function oxlint(folder: string, config: string): Complaint[] {
  const program = path.join(ROOT, 'node_modules/.bin/oxlint');
  const ran = spawnSync(program, ['-c', config, '--format=json', '.'], { cwd: folder, encoding: 'utf8' });
  if (!ran.stdout.startsWith('{')) throw new Error(`oxlint did not run: ${ran.stdout}${ran.stderr}`);
  const { diagnostics } = JSON.parse(ran.stdout) as { diagnostics: Diagnostic[] };
  return diagnostics.map(({ code, filename, help }) => ({ rule: code, file: filename.replaceAll('\\', '/'), help: help ?? '' }));
}
