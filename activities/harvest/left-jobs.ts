import type { Tile } from '../../domain/tile.ts';
import type { LeftJob } from './leftovers.ts';
import { recordIdOf, type Question } from './question.ts';

function nameOf({ bucket, key }: Pick<Tile, 'bucket' | 'key'>): string {
  return JSON.stringify([bucket, key]);
}

/** Jobs that closed runs left in flight, by the tile that they are about. */
export class LeftJobs {
  readonly #byTile = new Map<string, LeftJob[]>();

  constructor(jobs: readonly LeftJob[]) {
    for (const job of jobs) {
      const name = nameOf(job.tile);
      this.#byTile.set(name, [...(this.#byTile.get(name) ?? []), job]);
    }
  }

  of(tile: Tile): readonly LeftJob[] {
    // Mostly there are none, and a million tiles to ask about.
    return this.#byTile.size === 0 ? [] : (this.#byTile.get(nameOf(tile)) ?? []);
  }
}

/** @returns whether a job answers a question about a tile: the same one, asked at the same service. */
export function answers({ service, recordId }: LeftJob, tile: Tile, { lane, asked }: Question): boolean {
  return lane.service === service && recordIdOf(tile, asked) === recordId;
}
