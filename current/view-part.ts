import { createHash } from 'node:crypto';
import { readIfThere } from '../activities/read-object.ts';
import type { CurrentPart } from '../domain/current.ts';
import { Failure } from '../domain/failure.ts';
import { inOutput, OUTPUT_PATHS, type RunPlace } from '../domain/layout.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { lineOf, type Line, type StartOf } from './line.ts';

/** Where parts of a view are, and when its runs began. */
export interface ViewSource {
  readonly store: ObjectStore;
  /** Of the output, or of any of its runs. */
  readonly place: RunPlace;
  readonly startOf: StartOf;
}

const LINE_FEED = 0x0a;

function damaged({ uri }: CurrentPart, what: string): Failure {
  return new Failure(
    'Internal',
    `${uri} ${what}: something changed the current view. Make it again with \`tilescribe current rebuild\`, then repeat this.`,
  );
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The lines of bytes that end with a line feed, each a view of them. */
function* linesIn(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/** @returns all lines of a part. @throws Failure `Internal` where it is not what the pointer says; ObjectStoreError */
export async function readViewPart({ store, place, startOf }: ViewSource, part: CurrentPart): Promise<Line[]> {
  const bytes = await readIfThere(store, inOutput(place, OUTPUT_PATHS.current + part.path));
  if (bytes === null) throw damaged(part, 'is gone');
  if (bytes.byteLength !== part.bytes || sha256Of(bytes) !== part.sha256)
    throw damaged(part, `is not what the pointer says (${part.bytes} bytes, SHA-256)`);
  try {
    return [...linesIn(bytes)].map((line) => lineOf(line, startOf));
  } catch {
    throw damaged(part, 'has a line that is not a record');
  }
}

/** @returns a part of these lines, and what the pointer says of it but for its name. */
export function viewPartOf(lines: readonly Line[]): { body: Uint8Array; about: Omit<CurrentPart, 'uri' | 'path' | 'kind'> } {
  const feed = Uint8Array.of(LINE_FEED);
  const body = Buffer.concat(lines.flatMap(({ bytes }) => [bytes, feed]));
  const tasks: Record<string, number> = {};
  for (const { task_id } of lines) tasks[task_id] = (tasks[task_id] ?? 0) + 1;
  const [first, last] = [lines.at(0), lines.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a part has a line');
  const bound = ({ key, bucket, task_id }: Line): CurrentPart['first'] => ({ key, bucket, task_id });
  const figures = { bytes: body.byteLength, lines: lines.length, sha256: sha256Of(body) };
  return { body, about: { ...figures, tasks, first: bound(first), last: bound(last) } };
}
