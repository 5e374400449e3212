import { undated } from './date-templates.ts';
import { ownField } from './json-object.ts';
import { shown, type Mistake } from './mistake.ts';
import { namesTiles } from './uri.ts';

/** What a spec may not say where its tiles come as events. */

function listsTiles(document: unknown): Mistake[] {
  const uri = ownField(ownField(document, 'input'), 'uri');
  if (typeof uri !== 'string' || !namesTiles(uri)) return [];
  const problem = `${shown(uri)} names its tiles itself; expected the prefix whose events are taken in, s3://bucket/prefix/`;
  return [{ path: ['input', 'uri'], problem }];
}

const SENSELESS = {
  all: 'an event that comes twice would be asked twice; remove it',
  retry: 'a retry asks what has failed, not what is new; remove it',
  window: 'for schedules only: what a run leaves at its end no event brings again; remove it',
} as const;

function senseless(document: unknown): Mistake[] {
  const fields = Object.entries(SENSELESS).filter(([field]) => ownField(document, field) !== undefined);
  return fields.map(([field, problem]) => ({ path: [field], problem }));
}

/** @returns what in a spec has no sense for events; each with what to do instead. */
export function mistakesForEvents(document: unknown): Mistake[] {
  const without = ', which events do not have; expected s3://bucket/prefix/ without {date}, or use `tilescribe schedule`';
  return [...listsTiles(document), ...undated(document, without), ...senseless(document)];
}
