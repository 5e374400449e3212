import { afterEach, describe, expect, it } from 'vitest';
import type { QueueAttributes } from '../../../adapters/sqs/attributes.ts';
import { queueFindings } from '../../../cli/doctor/queue.ts';
import {
  kindFinding,
  receivingHarms,
  redriveFinding,
  retentionFinding,
  sendersFinding,
  visibilityFinding,
} from '../../../cli/doctor/queue-settings.ts';
import { answer, startLoopback } from '../../support/loopback.ts';
import { sharedServers } from '../../support/servers.ts';
import { createTestQueue } from '../../support/sqs-queues.ts';

const DAY_S = 86_400;
const ARN = 'arn:aws:sqs:eu-central-1:123456789012:tiles-dead';
const POLICY = { Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage' }] };
const GOOD: QueueAttributes = {
  fifo: false,
  visibilitySeconds: 120,
  retentionSeconds: 14 * DAY_S,
  waiting: 1_200,
  inFlight: 3,
  redrive: { arn: ARN, maxReceives: 5 },
  policy: JSON.stringify(POLICY),
};

describe('a queue of events as it was set up', () => {
  it('is fine as docs/events.md says', () => {
    const findings = [
      kindFinding(GOOD),
      redriveFinding(GOOD, GOOD),
      retentionFinding(GOOD),
      visibilityFinding(GOOD),
      sendersFinding(GOOD),
    ];
    expect(findings.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'ok'));
    expect(findings[0]?.message).toBe('It answers: about 1,200 waiting, 3 held by somebody.');
  });

  it('is refused where it is a FIFO queue', () => {
    expect(kindFinding({ ...GOOD, fifo: true })).toMatchObject({ outcome: 'failed', exit_code: 2 });
  });

  it.each([
    ['comes again until its retention ends', { redrive: null }, null],
    ['What was received 1 time goes to', { redrive: { arn: ARN, maxReceives: 1 } }, null],
    [`${ARN}, which is not there.`, {}, 'missing'],
    ['4 days after they were first sent', {}, { ...GOOD, retentionSeconds: 4 * DAY_S }],
  ] as const)('is warned of where %s', (says, more, dead) => {
    const found = redriveFinding({ ...GOOD, ...more }, dead);
    expect([found.outcome, found.message]).toEqual(['warning', expect.stringContaining(says)]);
    expect(found.fix).not.toBeNull();
  });

  it('is warned of where messages are lost soon, or nobody keeps any', () => {
    expect(retentionFinding({ ...GOOD, retentionSeconds: 3_600 }).message).toBe('What nobody reads is lost after 3600 s.');
    expect(visibilityFinding({ ...GOOD, visibilitySeconds: 0 }).outcome).toBe('warning');
  });

  it.each([
    ['nobody', null, 'warning'],
    ['what is no policy', '{', 'warning'],
    ['somebody else', JSON.stringify({ Statement: { Effect: 'Allow', Principal: { AWS: ARN }, Action: '*' } }), 'warning'],
    ['S3 to receive', JSON.stringify({ Statement: [{ ...POLICY.Statement[0], Action: 'sqs:ReceiveMessage' }] }), 'warning'],
    ['SNS', JSON.stringify({ Statement: [{ ...POLICY.Statement[0], Principal: { Service: ['sns.amazonaws.com'] } }] }), 'ok'],
    ['anybody', JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: ['SQS:*'] } }), 'ok'],
  ])('that lets %s send', (_, policy, outcome) => {
    expect(sendersFinding({ ...GOOD, policy }).outcome).toBe(outcome);
  });

  it('is not received from where that could cost a message its last delivery', () => {
    const few = { ...GOOD, redrive: { arn: ARN, maxReceives: 2 } };
    expect([receivingHarms(GOOD), receivingHarms(few), receivingHarms({ ...few, waiting: 0 })]).toEqual([false, true, false]);
  });
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

describe('doctor --queue', () => {
  it('finds what may be done with a queue, and leaves its messages where they are', async () => {
    const { s3, environment } = sharedServers();
    const dead = await createTestQueue(s3);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 });
    const main = await createTestQueue(s3, { RedrivePolicy, Policy: JSON.stringify(POLICY) });
    open.push(main, dead);
    await main.send('an event');
    const findings = await queueFindings(main.url, environment);
    expect(findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      ['', ' redrive', ' retention', ' visibility', ' senders', ' receive', ' remove', ' keep'].map((what) => `queue${what}`),
    );
    expect((await main.look()).map(({ body }) => body)).toEqual(['an event']);
  });

  it('says where there is none', async () => {
    const { s3, environment } = sharedServers();
    const [found, ...others] = await queueFindings(`${s3.endpoint}/000000000000/not-there`, environment);
    expect([found?.outcome, found?.exit_code, others]).toEqual(['failed', 2, []]);
    expect(found?.message).toContain('There is no queue');
  });

  it('names every permission that lacks', async () => {
    const refusal = JSON.stringify({ __type: 'com.amazonaws.sqs#AccessDeniedException', message: 'no' });
    const server = await startLoopback(answer(403, refusal, { 'content-type': 'application/x-amz-json-1.0' }));
    open.push(server);
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/tiles';
    const findings = await queueFindings(url, { AWS_ENDPOINT_URL_SQS: server.origin, ...keys });
    expect(findings.map(({ outcome, exit_code: code }) => [outcome, code])).toEqual([
      ['warning', 0],
      ['failed', 3],
      ['failed', 3],
      ['failed', 3],
    ]);
    for (const [at, action] of ['GetQueueAttributes', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'].entries())
      expect(findings[at]?.message).toContain(`sqs:${action}`);
  });

  it('is skipped where no queue is given', async () => {
    expect(await queueFindings(undefined, {})).toMatchObject([{ check: 'queue', outcome: 'skipped' }]);
  });
});
