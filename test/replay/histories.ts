import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `<release>/<workflow id>/<n>.json`: a history replays only under its real workflow id. */
const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

export interface RecordedHistory {
  /** `0.1.0/night/1.json` */
  readonly name: string;
  readonly workflowId: string;
  /** As `temporal workflow show --output json` prints it. */
  readonly history: RecordedEvents;
}

export interface RecordedEvents {
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/** @returns every history of every release. */
export function recordedHistories(): RecordedHistory[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.toSorted().map((file) => ({
    name: file,
    workflowId: path.basename(path.dirname(file)),
    history: JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as RecordedEvents,
  }));
}

export function keepHistory(at: { release: string; workflowId: string; n: number }, text: string): void {
  const folder = path.join(FOLDER, at.release, at.workflowId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${at.n}.json`), `${text.trimEnd()}\n`);
}
