import { createHash } from 'node:crypto';
import { hasDate } from '../domain/date-template.ts';
import { Failure } from '../domain/failure.ts';
import { specIdentity, type RunSpec } from '../domain/spec.ts';
import { forTerminal } from '../domain/terminal.ts';
import { isJsonObject, ownField } from '../schema/json-object.ts';
import { readJson, refuseMistakes } from '../schema/mistake.ts';
import { isNamedSpec, specOfRun, withDecided, type Decided } from '../schema/night.ts';
import { parseSpec, specDocument } from '../schema/spec.ts';
import { storedSpec } from './schedule-spec.ts';
import { fileText } from './text-file.ts';

/** The spec of a backfill: one document, and what it is for each date. */
export interface BackfillSource {
  /** As it was given: a path, or `s3://…`. */
  readonly address: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** What of the document was decided beside it, as a schedule does; the document has it already. */
  readonly decided: Decided;
}

/** Of a spec, what a run is started with. */
export interface DatedSpec {
  readonly spec: RunSpec;
  /** The workflow's argument. */
  readonly argument: object;
  readonly identity: string;
  /** The same of a workflow's argument that somebody else has given. @throws where it is none. */
  readonly identityOf: (argument: unknown) => string;
}

/** The moment that a run stands for, and whose clocks its date goes by. */
export interface RunMoment {
  readonly nominalMs: number;
  readonly timeZone: string;
}

const SPEC_FILE = { what: 'The spec', instead: 'Give the path of a spec, or s3://bucket/key of one.' } as const;

/** @returns whether a run can be told where the spec is, in place of the spec. */
function isObjectAddress(address: string): boolean {
  return address.startsWith('s3://');
}

async function fileDocument(path: string, what: string): Promise<unknown> {
  const { value, mistakes } = readJson(await fileText(path, SPEC_FILE));
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what });
  return value;
}

/** A run of a date is about the tiles of that date. @throws Failure `InvalidSpec` */
export function requireDate({ address, document }: BackfillSource): void {
  const uri = ownField(document['input'], 'uri');
  if (typeof uri !== 'string' || hasDate(uri)) return;
  throw new Failure(
    'InvalidSpec',
    `The spec ${forTerminal(address)} has no date in input.uri, which is ${forTerminal(uri)}: every date would ask about the same tiles. Write {date} where the date stands, such as s3://imagery/{date}/ or s3://imagery/{date:YYYY/MM/DD}/; \`tilescribe run\` asks once.`,
  );
}

/**
 * @param address a path, or `s3://bucket/key`.
 * @param decided over what the document says.
 * @param given what named the object.
 * @throws Failure `InvalidSpec`, or whatever keeps it from being read.
 */
export async function readSource(address: string, decided: Decided = {}, given = '--spec'): Promise<BackfillSource> {
  const what = `The spec ${forTerminal(address)}`;
  const value = isObjectAddress(address) ? await storedSpec({ spec: address }, given) : await fileDocument(address, what);
  if (!isJsonObject(value)) throw new Failure('InvalidSpec', `${what} is no JSON object; docs/spec.md says what a spec is.`);
  return { address, document: withDecided(decided, value), decided };
}

/** @returns the time zone that the spec names; UTC where it names none. */
export function zoneOf({ document }: BackfillSource): string {
  const zone = ownField(document['window'], 'timeZone');
  return typeof zone === 'string' ? zone : 'UTC';
}

/** The dates of the addresses are those of the table. */
function windowFor(source: BackfillSource, timeZone: string): Decided {
  return timeZone === zoneOf(source) ? {} : { window: { ...source.decided.window, timeZone } };
}

function hash(spec: RunSpec): string {
  return createHash('sha256').update(specIdentity(spec)).digest('hex');
}

/** @returns what the run of a moment is started with. @throws Failure `InvalidSpec` that lists every mistake. */
export function datedSpec(source: BackfillSource, { nominalMs, timeZone }: RunMoment, nowMs: number): DatedSpec {
  const { address, document } = source;
  const decided: Decided = { ...source.decided, ...windowFor(source, timeZone), priority: 'backfill' };
  const times = { nominalMs, startedMs: nowMs, told: true };
  const spec = parseSpec(specOfRun(withDecided(decided, document), times));
  const named = { spec: address, at: new Date(nominalMs).toISOString(), ...decided };
  const identity = hash(spec);
  return {
    spec,
    argument: isObjectAddress(address) ? named : specDocument(spec),
    identity,
    identityOf: (argument) =>
      isNamedSpec(argument) && ownField(argument, 'spec') === address ? identity : hash(parseSpec(specOfRun(argument, times))),
  };
}
