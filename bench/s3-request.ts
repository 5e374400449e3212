import { parseLogKey } from '../domain/layout.ts';

/** Requests as S3 bills them: a part of an upload is a PUT, its begin and its completion are POSTs. */
export const S3_OPERATIONS = ['PUT', 'POST', 'LIST', 'GET', 'HEAD', 'DELETE'] as const;
export type S3Operation = (typeof S3_OPERATIONS)[number];

/** What a run asks S3 for; the log by what its object is. */
export const S3_PURPOSES = [
  'opening',
  'input',
  'manifest',
  'log: takeovers',
  'log: intents',
  'log: calls',
  'log: slices',
  'log: listings',
  'merge',
  'report',
  'current view',
  'other',
] as const;
export type S3Purpose = (typeof S3_PURPOSES)[number];

/** One request, seen from outside. */
export interface S3Request {
  readonly operation: S3Operation;
  /** Of a listing its prefix. */
  readonly key: string;
}

const METHODS: Readonly<Record<string, S3Operation>> = { PUT: 'PUT', POST: 'POST', HEAD: 'HEAD', DELETE: 'DELETE' };

/** @param target path and query of a path-style address: `/bucket/key`. */
export function s3RequestOf(method: string, target: string): S3Request {
  const { pathname, searchParams } = new URL(target, 'http://s3');
  if (searchParams.has('list-type')) return { operation: 'LIST', key: searchParams.get('prefix') ?? '' };
  const [, key = ''] = /^\/[^/]+\/(.*)$/su.exec(pathname) ?? [];
  return { operation: METHODS[method] ?? 'GET', key: decodeURIComponent(key) };
}

const RUN = /^.*?\brun=[^/]+\//u;
/** Below the output, beside the runs. */
const BESIDE: readonly (readonly [key: RegExp, purpose: S3Purpose])[] = [
  [/(?:^|\/)current\/_index\//u, 'merge'],
  [/(?:^|\/)current\/(?:pointer|captions|answers|_probe)\//u, 'current view'],
];
/** Of keys below `run=<id>/`; first row that fits wins. */
const PATHS: readonly (readonly [path: RegExp, purpose: S3Purpose])[] = [
  [/^(?:run\.json$|_work\/probe\/)/u, 'opening'],
  [/^(?:manifest\/|_work\/(?:listed\/|frozen\.json$))/u, 'manifest'],
  [/^_work\/merged\//u, 'merge'],
  [/^[^/_]+\/part-/u, 'merge'],
  [/^(?:manifest\.json|report\.\w+|_SUCCESS)$/u, 'report'],
  [/^_work\/[^/]+\/\d+\/\d{8}\.calls\./u, 'log: calls'],
  [/^_work\/[^/]+\/\d+\/$/u, 'log: listings'],
];

/** The first line of a log object begins with what it is. */
const KINDS: readonly (readonly [start: RegExp, purpose: S3Purpose])[] = [
  [/^\{"kind":"takeover"/u, 'log: takeovers'],
  [/^\{"kind":"intents"/u, 'log: intents'],
  [/^\{"kind":"slice"/u, 'log: slices'],
];

/** Knows what requests are for; a log object's name does not say what it is, so that its PUT is remembered. */
export class S3Purposes {
  readonly #logs = new Map<string, S3Purpose>();

  /** @param body of a PUT; empty for anything else. */
  of({ key, operation }: S3Request, body: Uint8Array): S3Purpose {
    const beside = BESIDE.find(([pattern]) => pattern.test(key))?.[1];
    if (beside !== undefined) return beside;
    if (!RUN.test(key)) return 'input';
    const path = key.replace(RUN, '');
    const named = PATHS.find(([pattern]) => pattern.test(path))?.[1];
    if (named !== undefined) return named;
    if (parseLogKey(key) === null) return 'other';
    if (operation === 'PUT') this.#remember(key, body);
    return this.#logs.get(key) ?? 'other';
  }

  #remember(key: string, body: Uint8Array): void {
    const start = Buffer.from(body.subarray(0, 40)).toString();
    const purpose = KINDS.find(([pattern]) => pattern.test(start))?.[1];
    if (purpose !== undefined && !this.#logs.has(key)) this.#logs.set(key, purpose);
  }
}
