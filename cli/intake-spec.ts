import type { Priority, RunSpec } from '../domain/spec.ts';
import { mistakesForEvents } from '../schema/event-spec.ts';
import { isJsonObject } from '../schema/json-object.ts';
import { readJson, refuseMistakes } from '../schema/mistake.ts';
import { parseSpec } from '../schema/spec.ts';
import { everything } from './run-document.ts';
import { storedSpec } from './schedule-spec.ts';
import { fileText } from './text-file.ts';

const SPEC_FILE = {
  what: 'The spec',
  instead: 'Give the path of a spec, - for standard input, or s3://bucket/spec.json.',
} as const;

async function documentOf(spec: string, stdin: AsyncIterable<Uint8Array>): Promise<unknown> {
  if (spec.startsWith('s3://')) return storedSpec({ spec });
  const text = spec === '-' ? await everything(stdin) : await fileText(spec, SPEC_FILE);
  const { value, mistakes } = readJson(text);
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: `The spec ${spec === '-' ? 'on standard input' : spec}` });
  return value;
}

export interface IntakeSpecOptions {
  readonly spec: string;
  readonly priority?: Priority;
}

/**
 * Nobody waits in front of a run of events: its priority is `nightly` unless the spec or the command line says another.
 *
 * @throws Failure `InvalidSpec` that lists every mistake; ObjectStoreError
 */
export async function readIntakeSpec({ spec, priority }: IntakeSpecOptions, stdin: AsyncIterable<Uint8Array>): Promise<RunSpec> {
  const document = await documentOf(spec, stdin);
  const decided = isJsonObject(document) ? { priority: 'nightly', ...document, ...(priority && { priority }) } : document;
  return parseSpec(decided, mistakesForEvents);
}
