import { canonicalJson, type TaskKind, type TaskSpec } from '../domain/spec.ts';
import { isJsonObject, ownField } from './json-object.ts';
import type { Checked, Mistake, Path } from './mistake.ts';
import { check, shown } from './mistake.ts';
import { nearHint } from './nearest.ts';
import { TASK_DOCUMENTS, type TaskDocument } from './spec-document.ts';
import { inputKind, liesInside } from './uri.ts';

/** The rules of a spec that concern more than one field; each holds whatever else is wrong with the document. */

const KINDS = Object.keys(TASK_DOCUMENTS);
/** Kinds that the contract names (section 7) and that cannot be asked yet. */
const LATER_KINDS = ['ocr', 'chat', 'detect', 'segment', 'depth', 'embed', 'generate'];

/** A task of the spec with its place, which mistakes name. */
export interface PlacedTask {
  readonly at: number;
  readonly task: TaskSpec;
}

function isKind(kind: unknown): kind is TaskKind {
  return typeof kind === 'string' && Object.hasOwn(TASK_DOCUMENTS, kind);
}

function kindMistake(kind: unknown, path: Path): Mistake {
  const knows = `this version knows ${KINDS.join(' and ')}`;
  if (typeof kind === 'string' && LATER_KINDS.includes(kind))
    return { path, problem: `${shown(kind)} cannot be asked yet; ${knows}` };
  return { path, problem: `${shown(kind)}; expected a kind of task; ${knows}${nearHint(kind, KINDS)}` };
}

function taskSpec(task: TaskDocument): TaskSpec {
  const { id, kind, maxTokens, temperature, service } = task;
  const asked = task.kind === 'vqa' ? { prompt: task.question, answer: task.answer } : { prompt: task.prompt, answer: null };
  return { id, kind, prompt: asked.prompt, maxTokens, temperature, answer: asked.answer, service };
}

function checkTask(written: unknown, at: number): Checked<PlacedTask> {
  const path = ['tasks', at];
  if (!isJsonObject(written))
    return { value: null, mistakes: [{ path, problem: `${shown(written)}; expected an object with id and kind` }] };
  const kind = ownField(written, 'kind');
  if (!isKind(kind)) return { value: null, mistakes: [kindMistake(kind, [...path, 'kind'])] };
  const { value, mistakes } = check<TaskDocument>(TASK_DOCUMENTS[kind], written, path);
  return { value: value === null ? null : { at, task: taskSpec(value) }, mistakes };
}

/** @returns the tasks that are right, and what is wrong with the others. */
export function checkTasks(document: unknown): { readonly tasks: readonly PlacedTask[]; readonly mistakes: readonly Mistake[] } {
  const written = ownField(document, 'tasks');
  const checked = (Array.isArray(written) ? (written as unknown[]) : []).map(checkTask);
  return {
    tasks: checked.flatMap(({ value }) => (value === null ? [] : [value])),
    mistakes: checked.flatMap(({ mistakes }) => mistakes),
  };
}

function repeatedIds(document: unknown): Mistake[] {
  const written = ownField(document, 'tasks');
  const ids = (Array.isArray(written) ? (written as unknown[]) : []).map((task) => ownField(task, 'id'));
  return ids.flatMap((id, at) => {
    const first = ids.indexOf(id);
    if (typeof id !== 'string' || first === at) return [];
    return [{ path: ['tasks', at, 'id'], problem: `${shown(id)} is also the id of tasks[${first}]; ids are unique` }];
  });
}

function sameQuestions(tasks: readonly PlacedTask[]): Mistake[] {
  const asks = tasks.map(({ task }) => canonicalJson({ ...task, id: null }));
  return asks.flatMap((asked, n) => {
    const first = tasks[asks.indexOf(asked)];
    const second = tasks[n];
    if (first === undefined || second === undefined || first === second) return [];
    const [one, other] = [shown(first.task.id), shown(second.task.id)];
    return [
      { path: ['tasks', second.at], problem: `${other} asks the same as ${one} of tasks[${first.at}]; remove one of them` },
    ];
  });
}

function outputAmongTiles(document: unknown): Mistake[] {
  const [from, to] = [ownField(ownField(document, 'input'), 'uri'), ownField(ownField(document, 'output'), 'uri')];
  if (typeof from !== 'string' || typeof to !== 'string' || !liesInside(to, from)) return [];
  return [
    { path: ['output', 'uri'], problem: `${shown(to)} lies inside input.uri ${shown(from)}; expected a prefix outside of it` },
  ];
}

function assetWithoutStac(document: unknown): Mistake[] {
  const input = ownField(document, 'input');
  const [uri, asset] = [ownField(input, 'uri'), ownField(input, 'asset')];
  if (asset === undefined || typeof uri !== 'string' || inputKind(uri) === 'stac') return [];
  const problem = `${shown(asset)} goes with STAC only, and input.uri ${shown(uri)} does not end in .json or .geojson; remove it`;
  return [{ path: ['input', 'asset'], problem }];
}

/** Fields that choose what is asked in another way than a retry does. */
const NOT_WITH_RETRY: readonly { readonly path: Path; readonly says: string }[] = [
  { path: ['input', 'limit'], says: 'a retry asks every tile that failed; remove it' },
  { path: ['input', 'sample'], says: 'a retry asks every tile that failed; remove it, or sample in a run without retry' },
  { path: ['all'], says: 'a retry asks what failed; remove it, or remove retry to ask everything again' },
];

function besidesRetry(document: unknown): Mistake[] {
  if (ownField(document, 'retry') === undefined) return [];
  return NOT_WITH_RETRY.flatMap(({ path, says }) => {
    const value = path.reduce<unknown>((inner, step) => ownField(inner, String(step)), document);
    if (value === undefined || value === false) return [];
    return [{ path, problem: `${shown(value)} does not go together with retry: ${says}` }];
  });
}

/** @returns what is wrong between the fields of a spec. */
export function mistakesBetweenFields(document: unknown, tasks: readonly PlacedTask[]): Mistake[] {
  return [
    ...outputAmongTiles(document),
    ...assetWithoutStac(document),
    ...besidesRetry(document),
    ...repeatedIds(document),
    ...sameQuestions(tasks),
  ];
}
