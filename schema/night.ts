import type { z } from 'zod';
import { dateAt, dateText, isTimeZone, parseMoment } from '../domain/calendar.ts';
import { givenS3Uri } from '../domain/layout.ts';
import { nightPriority, windowEndMs, type NightTimes } from '../domain/night.ts';
import { PRIORITIES, type WindowSpec } from '../domain/spec.ts';
import { misplacedDates, withDates } from './date-templates.ts';
import { fittingText, meaning, oneOf, strictFields } from './field.ts';
import { isJsonObject, ownField } from './json-object.ts';
import { check, refuseMistakes } from './mistake.ts';
import { parseSpec } from './spec.ts';
import { MOMENT_EXPECTED, WINDOW } from './spec-document.ts';

/** A spec that stands for a moment: its dates filled in, its window ended. Also one that is only named and read when it is due. */

export const SPEC_ADDRESS_EXPECTED = 's3://bucket/key of a spec';

/** @returns whether a text can be where a spec is. */
export function isSpecAddress(text: string): boolean {
  return (givenS3Uri(text)?.key ?? '') !== '';
}

const SPEC_ADDRESS = fittingText(SPEC_ADDRESS_EXPECTED, isSpecAddress);

/** A name that says nothing of the time zone leaves that to the spec. */
const NAMED_WINDOW = strictFields({ ...WINDOW.shape, timeZone: WINDOW.shape.timeZone.removeDefault().exactOptional() });

/** What a schedule hands to each of its runs: where the spec is, and what of it the schedule decides. */
const NAMED_SPEC = strictFields({
  spec: meaning(SPEC_ADDRESS, 'the object that holds the run spec; it is read when the run begins'),
  at: meaning(
    fittingText(MOMENT_EXPECTED, (text) => parseMoment(text) !== null).exactOptional(),
    'the moment that the run stands for; of a schedule its own time',
  ),
  window: meaning(NAMED_WINDOW.exactOptional(), 'over the `window` of the spec, field by field'),
  priority: meaning(oneOf(PRIORITIES).exactOptional(), 'in place of the `priority` of the spec'),
});
export type NamedSpec = z.output<typeof NAMED_SPEC>;

/** @returns whether a workflow's argument only names its spec. */
export function isNamedSpec(document: unknown): boolean {
  return isJsonObject(document) && 'spec' in document && !('tasks' in document);
}

/** @throws Failure `InvalidSpec` */
export function parseNamedSpec(document: unknown): NamedSpec {
  const { value, mistakes } = check(NAMED_SPEC, document);
  refuseMistakes(mistakes, { kind: 'InvalidSpec', what: 'The argument that names a run spec' });
  if (value === null) throw new TypeError('a document without mistakes has a value');
  return value;
}

/** What the name of a spec decides. */
export type Decided = Pick<NamedSpec, 'window' | 'priority'>;

/** @returns the spec that was named, with what its name decides. */
export function specByName(decided: Decided, spec: unknown): unknown {
  return isJsonObject(spec) ? withDecided(decided, spec) : spec;
}

/** @returns a spec with what was decided beside it; of its window field by field. */
export function withDecided({ window, priority }: Decided, spec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = spec['window'];
  const decided = window && { window: isJsonObject(own) ? { ...own, ...window } : window };
  return { ...spec, ...decided, ...(priority && { priority }) };
}

function windowOf(document: unknown): WindowSpec | null {
  const { value } = check(WINDOW, ownField(document, 'window') ?? {});
  return value !== null && isTimeZone(value.timeZone) ? value : null;
}

function withEnd(document: unknown, window: WindowSpec | null, times: NightTimes): unknown {
  if (!isJsonObject(document) || window === null || !('window' in document)) return document;
  const endMs = windowEndMs(window, times);
  const { timeZone } = window;
  return { ...document, window: endMs === null ? { timeZone } : { ...window, endsAt: new Date(endMs).toISOString() } };
}

/** When a run begins, ms, and which moment it stands for; null where it stands for none. */
export interface RunTimes extends Omit<NightTimes, 'nominalMs'> {
  readonly nominalMs: number | null;
}

/**
 * @param document a spec as it was written; what is wrong with it is left to `parseSpec`.
 * @returns it for the moment that a run stands for, or for that of its start.
 * @throws Failure `InvalidSpec` that lists every mistake, where a date is meant that is none: once the others are filled
 * in nobody can tell it from a key with braces.
 */
export function specOfRun(document: unknown, { nominalMs, ...how }: RunTimes): unknown {
  const window = windowOf(document);
  if (nominalMs === null) return withEnd(document, window, { ...how, nominalMs: how.startedMs });
  const times = { ...how, nominalMs };
  const date = dateAt(nominalMs, window?.timeZone ?? 'UTC');
  const ended = withEnd(withDates(document, date), window, times);
  const misplaced = misplacedDates(document);
  if (misplaced.length > 0) parseSpec(ended, () => misplaced);
  return isJsonObject(ended) ? { priority: nightPriority(times, window), ...ended } : ended;
}

/** @returns the date that the runs of a moment have in their addresses, `YYYY-MM-DD`. */
export function dateOfNight(document: unknown, nominalMs: number): string {
  return dateText(dateAt(nominalMs, windowOf(document)?.timeZone ?? 'UTC'));
}
