import { Failure } from '../domain/failure.ts';
import { parseS3Uri } from '../domain/layout.ts';
import { SPEC_MAX_BYTES, type RunSpec } from '../domain/spec.ts';
import { readJson, refuseMistakes } from '../schema/mistake.ts';
import { specByName, specOfRun, type NamedSpec } from '../schema/night.ts';
import { parseSpec } from '../schema/spec.ts';
import { withStores } from './current-tools.ts';

/** The spec of a schedule, read now as its runs will read it. */

/** @throws Failure `InvalidSpec`, or whatever keeps the object from being read. */
export async function storedSpec({ spec: uri }: Pick<NamedSpec, 'spec'>): Promise<unknown> {
  const at = parseS3Uri(uri);
  if (at === null) throw new Failure('InvalidSpec', `--spec is ${uri}; expected s3://bucket/key.`);
  const text = await withStores(async (stores) => {
    const chunks: Uint8Array[] = [];
    const store = stores.input({ requestPayer: false });
    for await (const chunk of await store.get(at, { maxBytes: 4 * SPEC_MAX_BYTES })) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  });
  const { value, mistakes } = readJson(text);
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: `The spec ${uri}` });
  return value;
}

/** @returns what a run asks that is due then, and begins in time. @throws Failure `InvalidSpec` that lists every mistake. */
export function specDueAt(named: NamedSpec, stored: unknown, dueMs: number): RunSpec {
  return parseSpec(specOfRun(specByName(named, stored), { nominalMs: dueMs, startedMs: dueMs }));
}
