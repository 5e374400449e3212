import { parseMoment } from '../../domain/calendar.ts';
import { Failure } from '../../domain/failure.ts';
import { parseS3Uri } from '../../domain/layout.ts';
import { shownAddress } from '../../domain/shown-address.ts';
import { SPEC_MAX_BYTES } from '../../domain/spec.ts';
import type { ObjectStores } from '../../ports/object-store.ts';
import { isJsonObject } from '../../schema/json-object.ts';
import { readJson, refuseMistakes, shown } from '../../schema/mistake.ts';
import { isNamedSpec, parseNamedSpec, specByName, specOfRun, type NamedSpec } from '../../schema/night.ts';
import { readObject } from '../read-object.ts';
import { withS3Failures } from '../s3-failure.ts';

/** What a run was started with. */
export interface Started {
  /** A run spec, or what names one. */
  readonly spec: unknown;
  /** ISO 8601: the workflow's own start time. */
  readonly startedAt: string;
  /** ISO 8601: the time at which its schedule wanted it; absent where none did. */
  readonly scheduledAt?: string;
}

async function readNamed(stores: ObjectStores, { spec: uri }: NamedSpec): Promise<unknown> {
  const at = parseS3Uri(uri);
  if (at === null) throw new Failure('InvalidSpec', `spec is ${shownAddress(uri)}; expected s3://bucket/key.`);
  const store = stores.input({ requestPayer: false });
  const bytes = await withS3Failures('spec', () => readObject(store, at, { maxBytes: 4 * SPEC_MAX_BYTES }));
  const { value, mistakes } = readJson(new TextDecoder().decode(bytes));
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: `The spec ${uri}` });
  return value;
}

/** @throws Failure `InvalidSpec` where neither a spec nor what names one was given. */
function requireObject(written: unknown): void {
  if (isJsonObject(written)) return;
  throw new Failure(
    'InvalidSpec',
    `The argument of the run is ${shown(written)}; expected a run spec as a JSON object, or {"spec":"s3://bucket/key"} that names one.`,
  );
}

/**
 * @returns the document of the spec, read where it is only named, for the moment that the run stands for.
 * @throws Failure `InvalidSpec`, or whatever keeps the object from being read.
 */
export async function specOfStart(stores: ObjectStores, { spec: written, startedAt, scheduledAt }: Started): Promise<unknown> {
  requireObject(written);
  const named = isNamedSpec(written) ? parseNamedSpec(written) : null;
  const document = named === null ? written : specByName(named, await readNamed(stores, named));
  const told = named?.at;
  const nominal = told ?? scheduledAt;
  const nominalMs = nominal === undefined ? null : parseMoment(nominal);
  return specOfRun(document, { nominalMs, startedMs: Date.parse(startedAt), told: told !== undefined });
}
