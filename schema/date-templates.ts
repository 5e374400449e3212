import type { CalendarDate } from '../domain/calendar.ts';
import { badTemplates, hasDate, lacksDate, withDate } from '../domain/date-template.ts';
import { isJsonObject, ownField } from './json-object.ts';
import { shown, type Mistake } from './mistake.ts';

/** Dates in the addresses of a spec that is not read otherwise yet. */

const DATED = ['input', 'output'] as const;

function uriOf(document: unknown, field: (typeof DATED)[number]): string | null {
  const uri = ownField(ownField(document, field), 'uri');
  return typeof uri === 'string' ? uri : null;
}

/** @returns whether an address of a document has to be told a date. */
export function isDated(document: unknown): boolean {
  return DATED.some((field) => hasDate(uriOf(document, field) ?? ''));
}

/** @returns what is wrong with the dates of a document's addresses, whichever day it is told. */
export function dateMistakes(document: unknown): Mistake[] {
  return DATED.flatMap((field) =>
    badTemplates(uriOf(document, field) ?? '').map((template) => ({
      path: [field, 'uri'],
      problem: `${template} is no date; expected {date}, {date-1}, {date+1} or {date:YYYY/MM/DD} of YYYY, MM and DD`,
    })),
  );
}

/** @returns the addresses of a document that lack their date; `todo` says what to do about it. */
export function undated(document: unknown, todo: string): Mistake[] {
  return DATED.flatMap((field): Mistake[] => {
    const uri = uriOf(document, field) ?? '';
    if (!lacksDate(uri)) return [];
    return [{ path: [field, 'uri'], problem: `${shown(uri)} needs a date${todo}` }];
  });
}

/** @returns the document with a day in the place of its templates. */
export function withDates(document: unknown, date: CalendarDate): unknown {
  if (!isJsonObject(document)) return document;
  const dated = DATED.flatMap((field) => {
    const [uri, place] = [uriOf(document, field), document[field]];
    return uri === null || !isJsonObject(place) ? [] : [[field, { ...place, uri: withDate(uri, date) }] as const];
  });
  return { ...document, ...Object.fromEntries(dated) };
}
