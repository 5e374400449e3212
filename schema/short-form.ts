import { withoutDates } from '../domain/date-template.ts';
import { Failure } from '../domain/failure.ts';
import { parseS3Uri } from '../domain/layout.ts';
import type { Priority } from '../domain/spec.ts';
import { inputKind, type InputKind } from './uri.ts';

/** What `tilescribe run s3://in/ --out s3://out/ --caption --ask "…"` was given. */
export interface ShortForm {
  readonly input: string;
  readonly out: string;
  readonly caption?: boolean;
  /** Asks for captions too. */
  readonly captionPrompt?: string;
  readonly ask?: readonly string[];
  readonly dataset?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly limit?: number;
  readonly priority?: Priority;
}

const DATASET_LENGTH = 63;
const ID_LENGTH = 32;
const ID_WITHOUT_WORDS = 'question';

/** What of a key names its tiles: of an inventory its configuration, which is the same every night. */
const NAMING: Readonly<Record<InputKind, (key: string) => string>> = {
  prefix: (key) => key,
  key_list: (key) => key.replace(/\.jsonl$/u, ''),
  inventory: (key) => key.replace(/(?:(?:^|\/)[^/]*)?(?:^|\/)manifest\.json$/u, ''),
  stac: (key) => key.replace(/(?:(?:^|\/)(?:catalog|collection|item-?collection))?\.(?:geo)?json$/u, ''),
};

/** @returns the last segment of the input prefix (or the bucket) as a dataset may be called; dates are no part of it. */
export function datasetOf(inputUri: string): string {
  const at = parseS3Uri(withoutDates(inputUri));
  const key = NAMING[inputKind(inputUri)](at?.key ?? '');
  const segment = key.split('/').findLast((part) => part !== '') ?? at?.bucket ?? '';
  const fitted = segment.toLowerCase().replaceAll(/[^a-z0-9._-]+/gu, '-');
  const name = fitted
    .replace(/^[^a-z0-9]+/u, '')
    .slice(0, DATASET_LENGTH)
    .replace(/-+$/u, '');
  return name === '' ? 'tiles' : name;
}

/** @returns the first whole words of a question as an id: `how-many-ships-are-visible`. */
function idOf(question: string): string {
  const plain = question.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/gu) ?? [];
  const id = words
    .reduce((taken, word) => (taken.length + 1 + word.length <= ID_LENGTH ? `${taken}-${word}` : taken), '')
    .slice(1);
  return id === '' ? ID_WITHOUT_WORDS : id;
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const ending = n === 1 ? '' : `-${n}`;
    const candidate = id.slice(0, ID_LENGTH - ending.length) + ending;
    if (!taken.has(candidate)) return candidate;
  }
}

function questions(asked: readonly string[], taken: Set<string>): object[] {
  return asked.map((question) => {
    const id = freeId(idOf(question), taken);
    taken.add(id);
    return { id, kind: 'vqa', question };
  });
}

/**
 * @returns the spec document that the short form stands for; `parseSpec` checks it like any other.
 * @throws Failure `InvalidSpec` where nothing is asked.
 */
export function specFromArguments(given: ShortForm): object {
  const { input, out, captionPrompt, ask = [], dataset = datasetOf(input), include, exclude, limit, priority } = given;
  const captioned = given.caption === true || captionPrompt !== undefined;
  const prompt = captionPrompt === undefined ? {} : { prompt: captionPrompt };
  const captions = captioned ? [{ id: 'caption', kind: 'caption', ...prompt }] : [];
  if (captions.length + ask.length === 0) {
    throw new Failure('InvalidSpec', 'Nothing is asked: give --caption, --ask "a question", or both.');
  }
  const filters = { include, exclude, limit };
  const set = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
  return {
    dataset,
    input: { uri: input, ...set },
    output: { uri: out },
    tasks: [...captions, ...questions(ask, new Set(['caption']))],
    ...(priority === undefined ? {} : { priority }),
  };
}
