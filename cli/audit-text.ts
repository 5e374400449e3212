import type { Audit } from '../audit/audit.ts';
import { DIFFERENCES, sentenceOf, type DifferenceKind } from '../audit/differences.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { oneLine } from '../domain/terminal.ts';
import type { Paint } from './paint.ts';

/** What an audit found, as people read it. */

const SHOWN = 50;
const LISTED = 1_000;
const LONGEST = 600;

/** @returns the one line of a run that is as it must be. */
export function soundLine(runId: string, { manifest, inputs, records, sources }: Audit): string {
  const parts = quantity(manifest?.parts.length ?? 0, 'part', grouped);
  const looked =
    sources === null
      ? 'sources not looked at'
      : `${quantity(sources, 'source', grouped)} at ${sources === 1 ? 'its' : 'their'} etag`;
  return `${runId} is as its manifest says: ${manifest?.state ?? 'unknown'}, ${quantity(inputs, 'tile', grouped)}, ${quantity(records, 'record', grouped)} in ${parts}, ${looked}.`;
}

/** @returns how many differences there are of each kind, and the first of them. */
export function differenceLines(runId: string, { differences }: Audit, paint: Paint): string[] {
  const { total, counts } = differences;
  const shown = differences.some(SHOWN);
  const lines = Object.entries(counts).flatMap(([kind, count]) => [
    `${paint.bold(kind)} (${grouped(count)}): ${DIFFERENCES[kind as DifferenceKind]}`,
    ...shown.filter((one) => one.kind === kind).map((one) => `  ${oneLine(sentenceOf(one), LONGEST)}`),
  ]);
  const rest = total - shown.length;
  const more = rest === 0 ? [] : [`and ${grouped(rest)} more; --json lists up to ${grouped(LISTED)}`];
  return [`${runId} ${paint.red('differs')}: ${quantity(total, 'difference', grouped)}.`, ...lines, ...more];
}

/** @returns the object of `--json`. */
export function auditDocument(runId: string, uri: string, audit: Audit): object {
  const { manifest, inputs, records, bytes, sources, differences } = audit;
  return {
    run_id: runId,
    uri,
    sound: differences.total === 0,
    state: manifest?.state ?? null,
    inputs,
    records,
    parts: manifest?.parts.length ?? 0,
    bytes,
    sources_checked: sources,
    difference_count: differences.total,
    counts: differences.counts,
    differences: differences.some(LISTED),
  };
}
