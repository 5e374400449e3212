import { createHash } from 'node:crypto';
import { ERRORS } from '../domain/errors.ts';
import { harvestedFrom } from '../domain/harvest.ts';
import { recordIdText, requestIdText, type Asked } from '../domain/ids.ts';
import { s3Uri } from '../domain/layout.ts';
import type { TileRecord } from '../domain/record.ts';
import type { Run } from '../domain/run.ts';
import { TASK_KINDS, type TaskSpec } from '../domain/spec.ts';
import type { Tile } from '../domain/tile.ts';
import type { DifferenceKind } from './differences.ts';

/** What is wrong with one record. */
export interface Fault {
  readonly kind: DifferenceKind;
  readonly message: string;
}

interface Question {
  readonly task: TaskSpec;
  readonly asked: Asked;
}

const ERRORS_FOLDER = 'errors';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Fields that must have one value, of which a record has another. */
function otherwise(record: TileRecord, must: Partial<TileRecord>): Fault[] {
  const names = Object.keys(must) as (keyof TileRecord)[];
  const wrong = names.filter((name) => record[name] !== must[name]);
  return wrong.map((name) => ({
    kind: 'wrong_field',
    message: `${name} is ${quoted(record[name])}, expected ${quoted(must[name])}.`,
  }));
}

function contradiction({ status, error_code: code, text }: TileRecord): string | null {
  if (status === 'ok') return code === null && text !== null ? null : 'status ok needs a text and no error_code.';
  if (code === null || text !== null) return `status ${status} needs an error_code and no text.`;
  return (ERRORS[code].class === 'skipped') === (status === 'skipped') ? null : `status ${status} does not go with ${code}.`;
}

function folderOf({ status, kind }: TileRecord): string {
  return status === 'ok' ? TASK_KINDS[kind].folder : ERRORS_FOLDER;
}

function idFaults(record: TileRecord, asked: Asked): Fault[] {
  const { sent_sha256: sent } = record;
  const ids = {
    record_id: sha256(recordIdText(record, asked)),
    request_sha256: sent === null ? null : sha256(requestIdText(sent, asked)),
  };
  return otherwise(record, ids).map(({ message }) => ({ kind: 'wrong_id', message }));
}

/** What every record of a run must say. */
export class RecordRules {
  readonly #run: Run;
  readonly #questions: ReadonlyMap<string, Question>;

  constructor(run: Run) {
    this.#run = run;
    const { tasks, image } = run.spec;
    this.#questions = new Map(
      tasks.flatMap((task) => {
        const service = run.services[task.service];
        return service === undefined ? [] : [[task.id, { task, asked: { task, api: service.api, model: service.model, image } }]];
      }),
    );
  }

  /** @param folder of the part it stands in. @returns everything that is wrong with a record by itself. */
  faults(record: TileRecord, folder: string): Fault[] {
    const { spec, runId } = this.#run;
    const { run_id, dataset, bucket, key, task_id } = record;
    const foreign =
      run_id === runId && dataset === spec.dataset ? [] : [`is of run ${quoted(run_id)}, dataset ${quoted(dataset)}.`];
    const belongs = folderOf(record);
    const misplaced = belongs === folder ? [] : [`is ${record.status} of kind ${record.kind}, which belongs to ${belongs}/.`];
    const contrary = contradiction(record);
    const place = { uri: s3Uri({ bucket, key }), file_name: key.slice(key.lastIndexOf('/') + 1) };
    const question = this.#questions.get(task_id);
    return [
      ...foreign.map((message) => ({ kind: 'foreign_record', message }) as const),
      ...misplaced.map((message) => ({ kind: 'misplaced_record', message }) as const),
      ...(contrary === null ? [] : [{ kind: 'wrong_field', message: contrary } as const]),
      ...otherwise(record, place),
      ...(question === undefined ? [] : this.#askedFaults(record, question)),
    ];
  }

  /** @returns what of a record contradicts the tile that was frozen. */
  tileFaults(record: TileRecord, { etag, version_id }: Tile): Fault[] {
    // The same object was answered for another run, which may have been told of it without a version.
    return otherwise(record, harvestedFrom(record) === null ? { etag, version_id } : { etag });
  }

  #askedFaults(record: TileRecord, { task, asked }: Question): Fault[] {
    const { kind, prompt, maxTokens, temperature, service } = task;
    const must = { kind, prompt, max_tokens: maxTokens, temperature, model: asked.model };
    // A service may have been called otherwise in the run that asked.
    const named = harvestedFrom(record) === null ? { ...must, service } : must;
    return [...otherwise(record, named), ...idFaults(record, asked)];
  }
}
