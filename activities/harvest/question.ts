import { createHash } from 'node:crypto';
import { recordIdText, type Asked } from '../../domain/ids.ts';
import type { Lane, Run } from '../../domain/run.ts';
import type { TaskSpec } from '../../domain/spec.ts';
import type { Tile } from '../../domain/tile.ts';

/** A task of a run, with everything that its record ids are made of. */
export interface Question {
  readonly lane: Lane;
  /** Its place among the lane's tasks. */
  readonly at: number;
  readonly task: TaskSpec;
  readonly asked: Asked;
  /** The same for the same question, in every run. */
  readonly id: string;
}

type Place = Pick<Tile, 'bucket' | 'key' | 'etag'>;

const NOWHERE: Place = { bucket: '', key: '', etag: '' };

/** @returns the record id of a tile asked a question; null where the tile's etag is not known: it may be any object. */
export function recordIdOf(tile: Place, asked: Asked): string | null {
  return tile.etag === null ? null : createHash('sha256').update(recordIdText(tile, asked), 'utf8').digest('hex');
}

/** @returns all that a run asks of each tile. */
export function questionsOf(run: Run): Question[] {
  return run.lanes.flatMap((lane) => {
    const service = run.services[lane.service];
    if (service === undefined) return [];
    return lane.tasks.map((task, at) => {
      const { api, model } = service;
      const asked: Asked = { task, api, model, image: run.spec.image, preparation: run.preparation };
      return { lane, at, task, asked, id: recordIdOf(NOWHERE, asked) ?? '' };
    });
  });
}
