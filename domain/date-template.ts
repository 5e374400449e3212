import { dateText, plusDays, type CalendarDate } from './calendar.ts';

/** `{date}`, `{date-1}`, `{date:YYYY/MM/DD}`: a day that stands in an address. */

const ANY = /\{date[^{}]*\}?/gu;
const TEMPLATE = /^\{date(?:([+-])(\d{1,3}))?(?::([^{}]+))?\}$/u;
const FIELD = /YYYY|MM|DD/gu;
const LETTERS = /[A-Za-z]/u;
/** A word in braces, whatever stands before it: `{Date}`, `{yesterday}`, `{%Y}`. */
const WORD = /\{[^{}A-Za-z0-9]*[A-Za-z][^{}]*\}/gu;
/** With what joins it to the text before it. */
const JOINED = /[._-]*\{date[^{}]*\}/gu;

/** @returns whether an address has to be told a date. */
export function hasDate(text: string): boolean {
  return text.search(ANY) >= 0;
}

function readable(format: string): boolean {
  return format.search(FIELD) >= 0 && !LETTERS.test(format.replaceAll(FIELD, ''));
}

function isBad(template: string): boolean {
  const [whole, , , format] = TEMPLATE.exec(template) ?? [];
  return whole === undefined || (format !== undefined && !readable(format));
}

/** @returns those of its templates that mean nothing. */
export function badTemplates(text: string): string[] {
  return [...text.matchAll(ANY)].map(([template]) => template).filter(isBad);
}

/** @returns words in braces that stand for nothing: who means a day calls it `{date}`. */
export function strangeTemplates(text: string): string[] {
  return [...text.matchAll(WORD)].map(([template]) => template).filter((template) => !hasDate(template));
}

/** @returns those of its templates for which a day stands where they are filled in. */
export function dateTemplates(text: string): string[] {
  return [...text.matchAll(ANY)].map(([template]) => template).filter((template) => !isBad(template));
}

/** @returns the text without its dates, such as a name that is the same every day. */
export function withoutDates(text: string): string {
  return text.replaceAll(JOINED, '');
}

/** @returns whether a day is still to be put into an address. */
export function lacksDate(text: string): boolean {
  return dateTemplates(text).length > 0;
}

function formatted(date: CalendarDate, format: string): string {
  const [YYYY, MM, DD] = dateText(date).split('-');
  return format.replaceAll(FIELD, (field) => ({ YYYY, MM, DD })[field] ?? field);
}

/** @returns the address of a day. Templates that mean nothing stay: {@link badTemplates} finds them. */
export function withDate(text: string, date: CalendarDate): string {
  return text.replaceAll(ANY, (template) => {
    const [whole, sign = '+', days = '0', format = 'YYYY-MM-DD'] = TEMPLATE.exec(template) ?? [];
    if (whole === undefined || !readable(format)) return template;
    return formatted(plusDays(date, sign === '-' ? -Number(days) : Number(days)), format);
  });
}
