import { parseDate } from '../domain/calendar.ts';
import { Failure } from '../domain/failure.ts';
import type { RunSpec } from '../domain/spec.ts';
import { isDated, misplacedDates, withDates } from '../schema/date-templates.ts';
import { isJsonObject, ownField } from '../schema/json-object.ts';
import { readJson, refuseMistakes, type Mistake } from '../schema/mistake.ts';
import { specFromArguments, type ShortForm } from '../schema/short-form.ts';
import { parseSpec } from '../schema/spec.ts';
import type { LaunchOptions } from './launch.ts';
import { storedSpec } from './schedule-spec.ts';
import { fileText } from './text-file.ts';

/** What `run` was given beside SPEC. */
export interface RunOptions extends Partial<Omit<ShortForm, 'input' | 'priority'>>, LaunchOptions {
  readonly sample?: number;
  readonly all?: boolean;
  /** `YYYY-MM-DD`, for the dates in addresses. */
  readonly date?: string;
}

/** Options that say what a spec file says itself. */
const SHORT_FORM = {
  out: '--out',
  caption: '--caption',
  captionPrompt: '--caption-prompt',
  ask: '--ask',
  dataset: '--dataset',
  include: '--include',
  exclude: '--exclude',
  limit: '--limit',
} as const satisfies Partial<Record<keyof RunOptions, string>>;

/** Options that say what is asked, of any spec. */
const ASKING = { ...SHORT_FORM, sample: '--sample', all: '--all', date: '--date' } as const;

/** @returns the options among these that were given, as they were written. */
function givenOf(known: Readonly<Partial<Record<keyof RunOptions, string>>>, options: RunOptions): string {
  return Object.entries(known)
    .filter(([option]) => options[option as keyof RunOptions] !== undefined)
    .map(([, flag]) => flag)
    .join(', ');
}

/** A plan has its spec in it. @throws Failure `InvalidSpec` where something else says what is asked. */
export function requireNothingAsked(spec: string, options: RunOptions): void {
  const given = [spec, givenOf(ASKING, options)].filter((text) => text !== '').join(', ');
  if (given === '') return;
  throw new Failure('InvalidSpec', `${given}: what is asked stands in the plan; leave it out, or leave out --plan.`);
}

const SPEC_FILE = {
  what: 'The spec',
  instead: 'Give the path of a spec, s3://bucket/key.json of one, - for standard input, or s3://bucket/prefix/ with --out.',
} as const;

/** Of objects that are read as a spec, unless an option of the short form says that they name the input. */
const SPEC_ENDING = '.json';

/** @returns all that comes on a stream, as text. */
export async function everything(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function fromShortForm(input: string, options: RunOptions): object {
  const { out } = options;
  if (out !== undefined) return specFromArguments({ ...options, input, out });
  const spec = input.endsWith(SPEC_ENDING) ? 'without options of the short form' : `where its name ends in ${SPEC_ENDING}`;
  throw new Failure(
    'InvalidSpec',
    `${input} is taken as the input: say where results go with --out s3://bucket/prefix/. A spec in S3 is read ${spec}.`,
  );
}

/** STAC has the same ending, and so has an inventory; neither says what is asked. */
function isSpec(document: unknown): boolean {
  return ['tasks', 'output', 'input'].some((field) => ownField(document, field) !== undefined);
}

async function fromObject(uri: string): Promise<unknown> {
  const document = await storedSpec({ spec: uri }, 'SPEC');
  if (isSpec(document)) return document;
  throw new Failure(
    'InvalidSpec',
    `SPEC ${uri} has neither input nor output nor tasks, so it is no run spec (docs/spec.md). Where it names the tiles, say where results go with --out s3://bucket/prefix/.`,
  );
}

function fromText(text: string, name: string, options: RunOptions): unknown {
  const superfluous = givenOf(SHORT_FORM, options);
  if (superfluous !== '')
    throw new Failure('InvalidSpec', `${superfluous}: only for the short form, s3://…; write it into the spec ${name}.`);
  const { value, mistakes } = readJson(text);
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: `The spec ${name}` });
  return value;
}

/** What the command line says of any spec, over what the spec says itself. */
function withChoice(document: unknown, { priority, sample, all }: RunOptions): unknown {
  if (!isJsonObject(document)) return document;
  const { input } = document;
  const sampled = sample === undefined || !isJsonObject(input) ? {} : { input: { ...input, sample } };
  return { ...document, ...sampled, ...(priority && { priority }), ...(all === true && { all }) };
}

/** @returns that a spec has no place for the day that it was told. */
function dateless(document: unknown, date: string): Mistake[] {
  if (!isJsonObject(document) || isDated(document)) return [];
  const problem = `--date ${date}: the spec has no {date} in input.uri or output.uri; write it where the day stands, or leave --date out`;
  return [{ path: [], problem }];
}

function specOf(document: unknown, options: RunOptions): RunSpec {
  const chosen = withChoice(document, options);
  const { date: text = '' } = options;
  const date = parseDate(text);
  if (date === null) return parseSpec(chosen);
  return parseSpec(withDates(chosen, date), () => [...misplacedDates(chosen), ...dateless(chosen, text)]);
}

/**
 * @param spec a path, `-` for standard input, `s3://….json`, or `s3://…` with the options of the short form.
 * @throws Failure `InvalidSpec` that lists every mistake, or whatever keeps an object from being read.
 */
export async function readRunSpec(spec: string, options: RunOptions, stdin: AsyncIterable<Uint8Array>): Promise<RunSpec> {
  if (spec.startsWith('s3://')) {
    const isStored = spec.endsWith(SPEC_ENDING) && givenOf(SHORT_FORM, options) === '';
    return specOf(isStored ? await fromObject(spec) : fromShortForm(spec, options), options);
  }
  const text = spec === '-' ? await everything(stdin) : await fileText(spec, SPEC_FILE);
  return specOf(fromText(text, spec === '-' ? 'on standard input' : spec, options), options);
}
