import { inRun, s3Uri } from '../domain/layout.ts';
import type { Run, RunManifest, RunRef } from '../domain/run.ts';

/** What a run has left that ended. */
export interface EndedRun {
  readonly run: Run;
  readonly manifest: RunManifest;
}

/** Some 5 kB each, which whoever compares a run with them holds anyway. */
const MOST = 20_000;

function nameOf(ref: RunRef): string {
  return s3Uri(inRun(ref, ''));
}

/**
 * Remembers runs that have ended: run.json and manifest.json are put once and never change. What is more than it holds is
 * read each time, and so is everything of runs that have not ended.
 */
export class EndedRuns {
  readonly #most: number;
  readonly #runs = new Map<string, EndedRun>();

  constructor(most = MOST) {
    this.#most = most;
  }

  of(ref: RunRef): EndedRun | undefined {
    return this.#runs.get(nameOf(ref));
  }

  keep(ref: RunRef, ended: EndedRun): void {
    if (this.#runs.size < this.#most) this.#runs.set(nameOf(ref), ended);
  }

  /** Forgets those whose folders are not there any more: what is made under such an id is another run. */
  retain(runs: readonly RunRef[], folders: string): void {
    const there = new Set(runs.map(nameOf));
    for (const name of this.#runs.keys()) if (name.startsWith(folders) && !there.has(name)) this.#runs.delete(name);
  }
}
