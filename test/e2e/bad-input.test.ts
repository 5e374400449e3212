import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { PASS, startS3Proxy, type S3Fault } from '../support/s3-proxy.ts';
import { sharedServers } from '../support/servers.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile, putTiles } from './tiles.ts';

const CAPTION = [{ id: 'caption', kind: 'caption' }];
const DENIED = { kind: 'refuse', status: 403, code: 'AccessDenied' } as const satisfies S3Fault;
const STACK = /^\s+at |node:internal|Error: /mu;

let scene: Scene;
const ends: (() => Promise<void>)[] = [];

/** Lists nothing below `secret/`, reads nothing below `sealed/`, writes nothing below `closed/`. */
function guarded({ method, url = '' }: IncomingMessage): S3Fault {
  const lists = /[?&]prefix=secret/u.test(url);
  const reads = /^\/[^/?]+\/sealed\//u.test(url);
  const writes = method === 'PUT' && /^\/[^/?]+\/closed\//u.test(url);
  return lists || reads || writes ? DENIED : PASS;
}

beforeAll(async () => {
  const proxy = await startS3Proxy(sharedServers().s3.endpoint, guarded);
  ends.push(() => proxy.close());
  scene = await openScene((close) => void ends.push(close), {
    variables: { AWS_ENDPOINT_URL: proxy.endpoint, AWS_ENDPOINT_URL_S3: proxy.endpoint },
    simulated: { html: { faults: [{ fault: 'html' }] } },
    configured: { lost: { baseUrl: 'http://127.0.0.1:9' } },
  });
  await putTiles(scene.bucket, 2);
  const tile = await jpegTile(1);
  await Promise.all(Array.from({ length: 21 }, (_, n) => scene.bucket.put(`sealed/${n}.jpg`, tile)));
  await scene.worker();
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

interface Mistake {
  readonly what: string;
  readonly exitCode: number;
  readonly says: readonly string[];
  /** Over a spec that is right. */
  readonly spec?: () => object;
  /** Instead of `run` with that spec. */
  readonly args?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

const from = (uri: string) => (): object => ({ input: { uri: uri.replace('BUCKET', scene.bucket.name) } });

const MISTAKES: readonly Mistake[] = [
  { what: 'a misspelt field', exitCode: 2, says: ['taks', 'tasks'], spec: () => ({ taks: CAPTION }) },
  {
    what: 'several wrong values at once',
    exitCode: 2,
    says: ['image.quality', 'image.maxSide'],
    spec: () => ({ image: { quality: 0, maxSide: 7 } }),
  },
  {
    what: 'a service that is not configured',
    exitCode: 2,
    says: ['captoin', 'caption'],
    spec: () => ({ tasks: [{ id: 'a', kind: 'caption', service: 'captoin' }] }),
  },
  { what: 'an unknown flag', exitCode: 2, says: ['--frobnicate'], args: ['run', 'spec.json', '--frobnicate'] },
  { what: 'an unknown command', exitCode: 2, says: ['rum', 'run'], args: ['rum'] },
  { what: 'a spec that is not there', exitCode: 2, says: ['nowhere.json', 'no such file'], args: ['run', 'nowhere.json'] },
  { what: 'a run that nobody knows', exitCode: 2, says: ['no-such-run'], args: ['status', 'no-such-run'] },
  {
    what: 'an input bucket that is not there',
    exitCode: 2,
    says: ['no-such-bucket-here'],
    spec: from('s3://no-such-bucket-here/tiles/'),
  },
  {
    what: 'an output bucket that is not there',
    exitCode: 2,
    says: ['no-such-bucket-here'],
    spec: () => ({ output: { uri: 's3://no-such-bucket-here/out/' } }),
  },
  {
    what: 'a prefix without a tile',
    exitCode: 2,
    says: ['No tiles in', 'Did you mean', '/tiles/'],
    spec: from('s3://BUCKET/tils/'),
  },
  {
    what: 'a prefix that may not be listed',
    exitCode: 3,
    says: ['/secret/', 's3:ListBucket'],
    spec: from('s3://BUCKET/secret/'),
  },
  { what: 'tiles that may not be read', exitCode: 3, says: ['sealed', 's3:GetObject'], spec: from('s3://BUCKET/sealed/') },
  {
    what: 'an output that may not be written',
    exitCode: 3,
    says: ['/closed/', 's3:PutObject'],
    spec: () => ({ output: { uri: `s3://${scene.bucket.name}/closed/` } }),
  },
  {
    what: 'a service that answers with a web page',
    exitCode: 4,
    says: ['html', 'correct its base URL'],
    spec: () => ({ tasks: [{ id: 'a', kind: 'caption', service: 'html' }] }),
  },
  {
    what: 'a Temporal that is not there',
    exitCode: 4,
    says: ['127.0.0.1:9', 'TEMPORAL_ADDRESS'],
    variables: { TEMPORAL_ADDRESS: '127.0.0.1:9' },
  },
  {
    what: 'a variable nobody knows',
    exitCode: 2,
    says: ['TILESCRIBE_GPU', 'TILESCRIBE_GPUS'],
    variables: { TILESCRIBE_GPU: '1' },
  },
  {
    what: 'the same for a worker',
    exitCode: 2,
    says: ['TILESCRIBE_GPU', 'TILESCRIBE_GPUS'],
    args: ['worker'],
    variables: { TILESCRIBE_GPU: '1' },
  },
  {
    what: 'a service on plain http',
    exitCode: 2,
    says: ['CAPTION_BASE_URL', 'https'],
    args: ['worker'],
    variables: { TILESCRIBE_SERVICES: '', CAPTION_BASE_URL: 'http://gpu.example.com' },
  },
];

describe.concurrent('one sentence says what is wrong with', () => {
  test.for(MISTAKES)('$what', PATIENT, async ({ exitCode, says, spec, args, variables = {}, what }, { expect }) => {
    const name = `${what.replaceAll(' ', '-')}.json`;
    const document = specOf(scene, { tasks: CAPTION, ...spec?.() });
    const ended = await scene.tilescribe(args ?? ['run', await scene.file(name, document)], variables);
    expect(ended).toMatchObject({ exitCode });
    for (const part of says) expect(ended.stderr).toContain(part);
    expect(ended.stderr).toContain('tilescribe: ');
    expect(ended.stdout + ended.stderr).not.toMatch(STACK);
  });
});
