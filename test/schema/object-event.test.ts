import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventMessage } from '../../schema/object-event.ts';

const PUT = {
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-central-1',
  eventTime: '2026-03-01T03:00:00.000Z',
  eventName: 'ObjectCreated:Put',
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: 'tiles',
    bucket: { name: 'imagery', ownerIdentity: { principalId: 'A' }, arn: 'arn:aws:s3:::imagery' },
    object: { key: 'tiles/a+b%2B%C3%BC.tif', size: 1024, eTag: 'd41d8', versionId: '096f', sequencer: '0055AED6DCD90281E5' },
  },
};
const EVENT = {
  change: 'created',
  bucket: 'imagery',
  key: 'tiles/a b+ü.tif',
  etag: 'd41d8',
  versionId: '096f',
  sizeBytes: 1024,
  sequencer: '0055AED6DCD90281E5',
};
const BRIDGED = {
  version: '0',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  detail: {
    version: '0',
    bucket: { name: 'imagery' },
    object: { key: 'tiles/a b+ü.tif', size: 1024, etag: 'd41d8', 'version-id': '096f', sequencer: '0055AED6DCD90281E5' },
    reason: 'PutObject',
  },
};

const read = (document: unknown) => readEventMessage(JSON.stringify(document));
const records = (...all: unknown[]) => ({ Records: all });
const named = (eventName: string, object: object = PUT.s3.object) => ({ ...PUT, eventName, s3: { ...PUT.s3, object } });
const envelope = (inner: unknown) => ({ Type: 'Notification', TopicArn: 'arn:aws:sns:…', Message: JSON.stringify(inner) });

describe('an event of S3', () => {
  it('is read as S3 sends it, the key decoded as that of a form', () => {
    expect(read(records(PUT))).toEqual({ kind: 'events', events: [EVENT], others: 0 });
  });

  it('is the same in an envelope of SNS, and from EventBridge, whose keys stand as they are', () => {
    expect(read(envelope(records(PUT)))).toEqual(read(records(PUT)));
    expect(read(BRIDGED)).toEqual(read(records(PUT)));
    expect(read(envelope(BRIDGED))).toEqual(read(records(PUT)));
  });

  it('is a deletion where the object is gone, or hidden by a delete marker, or has expired', () => {
    const gone = { key: 'tiles/a.tif', eTag: '', sequencer: '00AA' };
    const deleted = { change: 'deleted', bucket: 'imagery', key: 'tiles/a.tif', etag: null, versionId: null, sizeBytes: null };
    for (const name of ['ObjectRemoved:Delete', 'ObjectRemoved:DeleteMarkerCreated', 'LifecycleExpiration:Delete'])
      expect(read(records(named(name, gone)))).toEqual({
        kind: 'events',
        events: [{ ...deleted, sequencer: '00AA' }],
        others: 0,
      });
    const detail = { bucket: { name: 'imagery' }, object: { key: 'tiles/a.tif', sequencer: '00AA' } };
    expect(read({ ...BRIDGED, 'detail-type': 'Object Deleted', detail })).toMatchObject({ events: [{ change: 'deleted' }] });
  });

  it('is the deletion of one version alone where that was named, and of the object where it is hidden', () => {
    const gone = { key: 'tiles/a.tif', versionId: 'v1', sequencer: '00AA' };
    for (const [name, versionId] of [
      ['ObjectRemoved:Delete', 'v1'],
      ['LifecycleExpiration:Delete', 'v1'],
      ['ObjectRemoved:DeleteMarkerCreated', null],
      ['LifecycleExpiration:DeleteMarkerCreated', null],
    ] as const)
      expect(read(records(named(name, gone)))).toMatchObject({ events: [{ change: 'deleted', versionId }] });
    const object = { key: 'tiles/a.tif', 'version-id': 'v1', sequencer: '00AA' };
    for (const [type, versionId] of [
      ['Permanently Deleted', 'v1'],
      ['Delete Marker Created', null],
    ]) {
      const detail = { bucket: { name: 'imagery' }, object, 'deletion-type': type };
      const event = { ...BRIDGED, 'detail-type': 'Object Deleted', detail };
      expect(read(event)).toMatchObject({ events: [{ change: 'deleted', versionId }] });
    }
  });

  it('may come with others in one message', () => {
    const message = read(records(PUT, named('ObjectCreated:CompleteMultipartUpload'), named('ObjectTagging:Put')));
    expect(message).toEqual({ kind: 'events', events: [EVENT, EVENT], others: 1 });
  });

  it('has no version, size or order where nothing tells these', () => {
    const message = read(records(named('ObjectCreated:Put', { key: 'k', eTag: 'e', sequencer: 'not hex' })));
    expect(message).toMatchObject({ events: [{ versionId: null, sizeBytes: null, sequencer: null }] });
  });

  it('is none where S3 only tests the way, or tells of something else', () => {
    expect(read({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'imagery' })).toEqual({ kind: 'test' });
    expect(read(envelope({ Service: 'Amazon S3', Event: 's3:TestEvent' }))).toEqual({ kind: 'test' });
    expect(read(records(named('ObjectTagging:Put')))).toEqual({ kind: 'events', events: [], others: 1 });
    expect(read({ ...BRIDGED, 'detail-type': 'Object Tags Added' })).toEqual({ kind: 'events', events: [], others: 1 });
    expect(read(records())).toEqual({ kind: 'events', events: [], others: 1 });
  });
});

const EXPECTED = 'expected an event of S3, straight, through SNS or from EventBridge';
const UNREADABLE: readonly (readonly [says: string, body: string])[] = [
  [`not JSON; ${EXPECTED}`, '{'],
  [`not an object; ${EXPECTED}`, '[]'],
  [`neither Records, nor detail-type of aws.s3, nor Message; ${EXPECTED}`, '{"source":"aws.ec2","detail-type":"x"}'],
  [`not JSON; ${EXPECTED}`, JSON.stringify({ Message: 'hello' })],
  [`eventSource is not aws:s3; ${EXPECTED}`, JSON.stringify(records({ eventSource: 'aws:sns' }))],
  ['eventName is missing; expected the name of an event', JSON.stringify(records({ eventSource: 'aws:s3' }))],
  ['s3.object.key is missing; expected the key of an object', JSON.stringify(records(named('ObjectCreated:Put', { eTag: 'e' })))],
  ['object.eTag is missing; expected the etag of the object', JSON.stringify(records(named('ObjectCreated:Put', { key: 'k' })))],
  ['the key "%FF" is not percent-encoded UTF-8', JSON.stringify(records(named('ObjectCreated:Put', { key: '%FF', eTag: 'e' })))],
  [
    'the key is not UTF-8 text of at most 1024 bytes',
    JSON.stringify({ ...BRIDGED, detail: { ...BRIDGED.detail, object: { key: '\uD83D', etag: 'e' } } }),
  ],
];

describe('a message that is no event', () => {
  it.each(UNREADABLE)('says why: %s', (reason, body) => {
    expect(readEventMessage(body)).toEqual({ kind: 'unreadable', reason });
  });

  it('never stops whoever reads it, whatever it holds', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify({ Records: [value], Message: value })),
    );
    fc.assert(fc.property(hostile, (body) => /^(?:events|test|unreadable)$/u.test(readEventMessage(body).kind)));
  });

  it('gives back every key that S3 can have', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), (key) => {
        const encoded = encodeURIComponent(key).replaceAll('%20', '+');
        expect(read(records(named('ObjectCreated:Put', { key: encoded, eTag: 'e' })))).toMatchObject({ events: [{ key }] });
      }),
    );
  });
});
