import type { CalendarDate } from '../domain/calendar.ts';
import { badTemplates, dateTemplates, hasDate, lacksDate, strangeTemplates, withDate } from '../domain/date-template.ts';
import { isJsonObject, ownField } from './json-object.ts';
import { shown, type Mistake, type Path } from './mistake.ts';

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

const EXPECTED = 'expected {date}, {date-1}, {date+1} or {date:YYYY/MM/DD} of YYYY, MM and DD';

function noDates(document: unknown, templatesOf: (uri: string) => readonly string[]): Mistake[] {
  return DATED.flatMap((field) =>
    templatesOf(uriOf(document, field) ?? '').map((template) => ({
      path: [field, 'uri'],
      problem: `${template} is no date; ${EXPECTED}`,
    })),
  );
}

/** @returns what is wrong with the dates of a document's addresses, whichever day it is told. */
export function dateMistakes(document: unknown): Mistake[] {
  return noDates(document, badTemplates);
}

interface PlacedText {
  readonly path: Path;
  readonly text: unknown;
}

function listed(path: Path, texts: unknown): PlacedText[] {
  return (Array.isArray(texts) ? (texts as unknown[]) : []).map((text, at) => ({ path: [...path, at], text }));
}

/** Where people write dates that nobody fills in. */
function textsWithoutDates(document: unknown): PlacedText[] {
  const input = ownField(document, 'input');
  const globs = ['include', 'exclude'].flatMap((field) => listed(['input', field], ownField(input, field)));
  const tasks = listed(['tasks'], ownField(document, 'tasks'));
  const asked = tasks.flatMap(({ path, text: task }) =>
    ['prompt', 'question'].map((field) => ({ path: [...path, field], text: ownField(task, field) })),
  );
  return [...globs, ...asked];
}

function unfilled({ path, text }: PlacedText): Mistake[] {
  const [template] = typeof text === 'string' ? dateTemplates(text) : [];
  if (template === undefined) return [];
  const problem = `${template} would stay as it is: a day stands in input.uri and output.uri alone; write it there, or leave it out`;
  return [{ path, problem }];
}

/** @returns what of a document that is told a day looks like one and would not become one. */
export function misplacedDates(document: unknown): Mistake[] {
  return [...noDates(document, strangeTemplates), ...textsWithoutDates(document).flatMap(unfilled)];
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
