import { Failure } from '../domain/failure.ts';
import { parseS3Uri, type S3Location } from '../domain/layout.ts';
import { SPEC_MAX_BYTES, type RunSpec } from '../domain/spec.ts';
import { forTerminal } from '../domain/terminal.ts';
import { readJson, refuseMistakes } from '../schema/mistake.ts';
import { specByName, specOfRun, type NamedSpec } from '../schema/night.ts';
import { parseSpec } from '../schema/spec.ts';
import { withStores } from './stores.ts';
import { about } from './problem.ts';

/** The spec of a schedule, read now as its runs will read it. */

async function textAt(at: S3Location): Promise<string> {
  return withStores(async (stores) => {
    const chunks: Uint8Array[] = [];
    const store = stores.input({ requestPayer: false });
    for await (const chunk of await store.get(at, { maxBytes: 4 * SPEC_MAX_BYTES })) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  });
}

/**
 * @param given what named the object: an option, an argument, a schedule.
 * @throws Failure `InvalidSpec`, or whatever keeps the object from being read.
 */
export async function storedSpec({ spec: uri }: Pick<NamedSpec, 'spec'>, given = '--spec'): Promise<unknown> {
  const at = parseS3Uri(uri);
  if (!at?.key)
    throw new Failure('InvalidSpec', `${given} ${forTerminal(uri)} is no object; expected s3://bucket/key of a spec.`);
  const text = await textAt(at).catch((error: unknown) => {
    throw about(given, error);
  });
  const { value, mistakes } = readJson(text);
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: `The spec ${uri}` });
  return value;
}

/** @returns what a run asks that is due then, and begins in time. @throws Failure `InvalidSpec` that lists every mistake. */
export function specDueAt(named: NamedSpec, stored: unknown, dueMs: number): RunSpec {
  return parseSpec(specOfRun(specByName(named, stored), { nominalMs: dueMs, startedMs: dueMs }));
}
