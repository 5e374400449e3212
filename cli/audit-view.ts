import type { AuditProgress } from '../audit/audit.ts';
import { grouped } from '../domain/quantity.ts';
import { SECOND_MS } from '../domain/units.ts';
import type { Screen } from './screen.ts';

/** What is over sooner needs no progress. */
const FIRST_MS = 2 * SECOND_MS;
const LIVE_MS = 200;
const NOTED_MS = 10 * SECOND_MS;

/** @returns a teller of how far something is: a live line at a terminal, a line now and then in a pipe. */
export function slowly(screen: Screen, clock: () => number = () => performance.now()): (line: () => string) => void {
  let next = clock() + FIRST_MS;
  return (line) => {
    const now = clock();
    if (now < next) return;
    next = now + (screen.terminal ? LIVE_MS : NOTED_MS);
    if (screen.terminal) screen.live([line()]);
    else if (!screen.json) screen.note(line());
  };
}

/** @returns how far an audit is, on one line. */
export function progressLine({ range, ranges, records, expected, sources }: AuditProgress): string {
  const looked = sources === 0 ? '' : `, ${grouped(sources)} sources looked at`;
  return `auditing: ${grouped(records)} of ${grouped(expected)} records, range ${range + 1} of ${ranges}${looked}`;
}
