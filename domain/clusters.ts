import { ERRORS, isServiceFailure, type ErrorCode } from './errors.ts';
import { alike, fingerprintOf } from './fingerprint.ts';
import { redact } from './redaction.ts';
import { oneLine } from './terminal.ts';
import { KIB } from './units.ts';

/** Errors that are near enough to be one: how often, and one of them as it was. */
export interface Cluster {
  /** Null where the error is not one of a service, or of several. */
  readonly service: string | null;
  readonly code: ErrorCode;
  readonly count: number;
  /** The fingerprint of the first of them; at most 200 characters. */
  readonly text: string;
  readonly example: ClusterExample;
}

export interface ClusterExample {
  /** Of the tile. */
  readonly uri: string;
  readonly message: string | null;
}

/** A task that has no answer. */
export interface Failing {
  readonly service: string;
  readonly code: ErrorCode;
  readonly message: string | null;
  readonly uri: string;
}

/** Kept of one strand, or of one run, however many different errors there are. */
export const MOST_CLUSTERS = 20;
/** Text of the cluster that takes in what there was no place for. */
export const OTHERS = '(other messages)';
/** What goes through Temporal: a history holds no payload above 16 KiB. */
export const CLUSTER_BYTES = 4 * KIB;
const URI_LENGTH = 1_100;
const MESSAGE_LENGTH = 200;
const URI_TRAVELS = 200;

/** @returns one failure as a cluster of its own. Fit for a terminal; secrets were taken out where the message was made. */
export function clusterOf({ service, code, message, uri }: Failing): Cluster {
  const said = message === null ? null : oneLine(redact(message, []), MESSAGE_LENGTH);
  return {
    service: isServiceFailure(code) ? oneLine(service, MESSAGE_LENGTH) : null,
    code,
    count: 1,
    text: fingerprintOf(message),
    example: { uri: oneLine(uri, URI_LENGTH), message: said },
  };
}

type Kin = (a: Cluster, b: Cluster) => boolean;

const sameCode: Kin = (a, b) => a.code === b.code;
const sameOrigin: Kin = (a, b) => a.code === b.code && a.service === b.service;

function joined(kept: Cluster, more: Cluster, text: string): Cluster {
  const service = kept.service === more.service ? kept.service : null;
  // The least of the examples, so that it does not depend on who came first.
  const example = more.example.uri < kept.example.uri ? more.example : kept.example;
  return { ...kept, service, count: kept.count + more.count, text, example };
}

/** @returns where a cluster belongs among others; -1 where it is of a new kind. */
function placeOf(clusters: readonly Cluster[], one: Cluster): number {
  const exact = clusters.findIndex((other) => sameOrigin(other, one) && other.text === one.text);
  if (exact !== -1 || one.text === OTHERS) return exact;
  return clusters.findIndex((other) => sameOrigin(other, one) && other.text !== OTHERS && alike(other.text, one.text));
}

/** The two least frequent of the largest family become "others", or the least frequent joins those that are there. */
function withTwoJoined(clusters: readonly Cluster[], kin: Kin): Cluster[] | null {
  const families = clusters.map((cluster) => clusters.filter((other) => kin(cluster, other)));
  const largest = families.reduce<Cluster[]>((most, family) => (family.length > most.length ? family : most), []);
  const [rarest, next] = largest.toSorted((a, b) => Number(b.text === OTHERS) - Number(a.text === OTHERS) || a.count - b.count);
  if (rarest === undefined || next === undefined) return null;
  const others = joined(rarest, next, OTHERS);
  return clusters.flatMap((cluster) => (cluster === rarest ? [others] : cluster === next ? [] : [cluster]));
}

/**
 * @returns the clusters with one more taken in: at most 20, no count lost. Where there is no place the rarest of the
 * others give way, so that an error which begins late and goes on is seen.
 */
export function withCluster(clusters: readonly Cluster[], one: Cluster): readonly Cluster[] {
  const at = placeOf(clusters, one);
  if (at !== -1) return clusters.map((other, place) => (place === at ? joined(other, one, other.text) : other));
  if (clusters.length < MOST_CLUSTERS) return [...clusters, one];
  const rest = withTwoJoined(clusters, sameOrigin) ?? withTwoJoined(clusters, sameCode) ?? clusters;
  return [...rest, one];
}

/** @returns the clusters of several strands or parts as those of one. */
export function joinedClusters(lists: readonly (readonly Cluster[])[]): readonly Cluster[] {
  return lists.flat().reduce<readonly Cluster[]>(withCluster, []);
}

function skipped({ code }: Cluster): number {
  return ERRORS[code]?.class === 'skipped' ? 1 : 0;
}

/** @returns the most frequent first; what is no error comes last. */
export function mostFrequent(clusters: readonly Cluster[]): Cluster[] {
  return clusters.toSorted(
    (a, b) => skipped(a) - skipped(b) || b.count - a.count || (a.code + a.text < b.code + b.text ? -1 : 1),
  );
}

function utf8Bytes(text: string): number {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).reduce(
    (sum, point) => sum + (point < 0x80 ? 1 : point < 0x8_00 ? 2 : point < 0x1_00_00 ? 3 : 4),
    0,
  );
}

function shortened({ example, ...rest }: Cluster): Cluster {
  return { ...rest, example: { ...example, uri: oneLine(example.uri, URI_TRAVELS) } };
}

/** @returns the most frequent clusters that fit into so many bytes of JSON. */
export function travelling(clusters: readonly Cluster[], bytes: number = CLUSTER_BYTES): Cluster[] {
  let left = bytes - '[]'.length;
  return mostFrequent(clusters)
    .map(shortened)
    .filter((cluster) => {
      left -= utf8Bytes(`${JSON.stringify(cluster)},`);
      return left >= 0;
    });
}
