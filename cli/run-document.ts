import { readFile } from 'node:fs/promises';
import { Failure } from '../domain/failure.ts';
import type { RunSpec } from '../domain/spec.ts';
import { isJsonObject } from '../schema/json-object.ts';
import { readJson, refuseMistakes } from '../schema/mistake.ts';
import { specFromArguments, type ShortForm } from '../schema/short-form.ts';
import { parseSpec } from '../schema/spec.ts';

/** What `run` was given beside SPEC. */
export interface RunOptions extends Partial<Omit<ShortForm, 'input'>> {
  readonly runId?: string;
  readonly detach?: boolean;
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

async function everything(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Failure(
      'InvalidSpec',
      `The spec ${path} cannot be read: ${why}. Give the path of a spec, - for standard input, or s3://bucket/prefix/ with --out.`,
      { cause: error },
    );
  }
}

function fromShortForm(input: string, options: RunOptions): object {
  const { out } = options;
  if (out !== undefined) return specFromArguments({ ...options, input, out });
  throw new Failure('InvalidSpec', `${input} is taken as the input: say where results go with --out s3://bucket/prefix/.`);
}

function fromText(text: string, name: string, options: RunOptions): unknown {
  const superfluous = Object.entries(SHORT_FORM).filter(([option]) => options[option as keyof RunOptions] !== undefined);
  if (superfluous.length > 0) {
    const names = superfluous.map(([, flag]) => flag).join(', ');
    throw new Failure('InvalidSpec', `${names}: only for the short form, s3://…; write it into the spec ${name}.`);
  }
  const { value, mistakes } = readJson(text);
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: `The spec ${name}` });
  const { priority } = options;
  return priority === undefined || !isJsonObject(value) ? value : { ...value, priority };
}

/**
 * @param spec a path, `-` for standard input, or `s3://…` with the options of the short form.
 * @throws Failure `InvalidSpec` that lists every mistake.
 */
export async function readRunSpec(spec: string, options: RunOptions, stdin: AsyncIterable<Uint8Array>): Promise<RunSpec> {
  if (spec.startsWith('s3://')) return parseSpec(fromShortForm(spec, options));
  const text = spec === '-' ? await everything(stdin) : await fileText(spec);
  return parseSpec(fromText(text, spec === '-' ? 'on standard input' : spec, options));
}
