import { closest, distance } from 'fastest-levenshtein';

const CLOSE_ENOUGH = 0.5;

/** @returns the known name that was probably meant, or null where none is near. Case and `_` `-` do not count. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/gu, '');
  const plainKnown = known.map(plain);
  const best = closest(plain(name), plainKnown);
  const near = distance(plain(name), best) <= CLOSE_ENOUGH * Math.max(plain(name).length, 2);
  return near ? (known[plainKnown.indexOf(best)] ?? null) : null;
}

/** @returns what to tell about a name that is not known: the nearest one, or where none is near all of them. */
export function meantName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
}

/** @returns the known name that was probably meant, as a hint behind words that name all of them; nothing where none is near. */
export function nearHint(name: unknown, known: readonly string[]): string {
  const nearest = typeof name === 'string' ? nearestName(name, known) : null;
  return nearest === null ? '' : ` (did you mean ${nearest}?)`;
}
