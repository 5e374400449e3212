import { describe, expect, it } from 'vitest';
import { S3Purposes, s3RequestOf, type S3Operation, type S3Purpose } from '../../bench/s3-request.ts';
import { inRun, PATHS, runPlace } from '../../domain/layout.ts';

const RUN = runPlace('s3://bench/out/', 'bench');
const at = (path: string): string => `/bench/${inRun(RUN, path).key}`;
const listing = (prefix: string): string => `/bench/?list-type=2&prefix=${encodeURIComponent(prefix)}`;

const REQUESTS: readonly (readonly [method: string, target: string, operation: S3Operation, purpose: S3Purpose])[] = [
  ['GET', '/bench/tiles/000001.jpg?x-id=GetObject', 'GET', 'input'],
  ['GET', listing('tiles/'), 'LIST', 'input'],
  ['PUT', at(PATHS.run), 'PUT', 'opening'],
  ['PUT', at(PATHS.probe('x')), 'PUT', 'opening'],
  ['PUT', at(PATHS.manifestPart(0)), 'PUT', 'manifest'],
  ['PUT', at(PATHS.listed(0)), 'PUT', 'manifest'],
  ['GET', listing(inRun(RUN, '_work/listed/').key), 'LIST', 'manifest'],
  ['GET', at(PATHS.frozen), 'GET', 'manifest'],
  ['GET', listing(inRun(RUN, PATHS.strandLog('vqa', 0)).key), 'LIST', 'log: listings'],
  ['PUT', at(PATHS.callsObject({ lane: 'vqa', strand: 0, n: 2, k: 0 })), 'PUT', 'log: calls'],
  ['PUT', `${at(PATHS.recordPart('vqa', 0))}?partNumber=2&uploadId=u`, 'PUT', 'merge'],
  ['POST', `${at(PATHS.recordPart('caption', 0))}?uploads=`, 'POST', 'merge'],
  ['POST', `${at(PATHS.errorPart(0))}?uploadId=u`, 'POST', 'merge'],
  ['DELETE', `${at(PATHS.errorPart(0))}?uploadId=u`, 'DELETE', 'merge'],
  ['PUT', at(PATHS.merged(0)), 'PUT', 'merge'],
  ['HEAD', at(PATHS.success), 'HEAD', 'report'],
  ['PUT', at(PATHS.manifest), 'PUT', 'report'],
  ['PUT', at(PATHS.reportHtml), 'PUT', 'report'],
  ['PUT', at('something/else'), 'PUT', 'other'],
  ['PUT', '/bench/out/current/_index/run=bench/part-00000.jsonl', 'PUT', 'merge'],
  ['PUT', '/bench/out/current/captions/part-00000001-00000-0a1b.jsonl', 'PUT', 'current view'],
  ['HEAD', '/bench/out/current/pointer/current.json', 'HEAD', 'current view'],
];

describe('a request to S3', () => {
  it.each(REQUESTS)('%s %s is a %s for: %s', (...[method, target, operation, purpose]) => {
    const request = s3RequestOf(method, target);
    expect(request.operation).toBe(operation);
    expect(new S3Purposes().of(request, new Uint8Array())).toBe(purpose);
  });

  it.each(['takeover', 'intents', 'slice'] as const)('for a log object is for what was put there first: %s', (kind) => {
    const purposes = new S3Purposes();
    const target = at(PATHS.logObject('vqa', 0, 7));
    const of = (method: string, body = ''): S3Purpose => purposes.of(s3RequestOf(method, target), Buffer.from(body));
    const purpose = { takeover: 'log: takeovers', intents: 'log: intents', slice: 'log: slices' }[kind];
    expect(of('PUT', `{"kind":"${kind}","n":7}\n`)).toBe(purpose);
    expect(of('PUT', '{"kind":"other"}\n')).toBe(purpose);
    expect(of('GET')).toBe(purpose);
  });
});
