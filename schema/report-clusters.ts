import type { Cluster } from '../domain/clusters.ts';
import { ERRORS, type ErrorCode } from '../domain/errors.ts';
import { ownField } from './json-object.ts';

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function clusterIn(value: unknown, code: ErrorCode): Cluster[] {
  const [count, text, example] = [ownField(value, 'count'), ownField(value, 'text'), ownField(value, 'example')];
  const uri = ownField(example, 'uri');
  if (typeof count !== 'number' || typeof text !== 'string' || typeof uri !== 'string') return [];
  const message = textOf(ownField(example, 'message'));
  return [{ service: textOf(ownField(value, 'service')), code, count, text, example: { uri, message } }];
}

/** @returns what report.json says of the texts of errors; what it does not say, or another version said otherwise, is left out. */
export function clustersOfReport(report: unknown): Cluster[] {
  return listOf(ownField(report, 'errors')).flatMap((row) => {
    const code = ownField(row, 'code');
    if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return [];
    return listOf(ownField(row, 'clusters')).flatMap((cluster) => clusterIn(cluster, code as ErrorCode));
  });
}
