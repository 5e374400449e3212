import { describe, expect, it } from 'vitest';
import { repositoryFiles, textOf } from '../guards/tree.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

const statements = (policy: string): readonly Statement[] =>
  (JSON.parse(textOf(`infra/iam/${policy}.json`)) as { Statement: readonly Statement[] }).Statement;

/** Everything a policy allows, as `action resource`, sorted. */
const allowed = (policy: string): string[] =>
  statements(policy)
    .flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)))
    .toSorted();

const POLICIES = {
  reader: [
    's3:GetObject arn:aws:s3:::INPUT_BUCKET/INPUT_PREFIX*',
    's3:GetObjectVersion arn:aws:s3:::INPUT_BUCKET/INPUT_PREFIX*',
    's3:ListBucket arn:aws:s3:::INPUT_BUCKET',
  ],
  writer: [
    's3:AbortMultipartUpload arn:aws:s3:::OUTPUT_BUCKET/OUTPUT_PREFIX*',
    's3:GetObject arn:aws:s3:::OUTPUT_BUCKET/OUTPUT_PREFIX*',
    's3:ListBucket arn:aws:s3:::OUTPUT_BUCKET',
    's3:PutObject arn:aws:s3:::OUTPUT_BUCKET/OUTPUT_PREFIX*',
  ],
  cleaner: [
    's3:DeleteObject arn:aws:s3:::OUTPUT_BUCKET/OUTPUT_PREFIXcurrent/answers/*',
    's3:DeleteObject arn:aws:s3:::OUTPUT_BUCKET/OUTPUT_PREFIXcurrent/captions/*',
    's3:DeleteObject arn:aws:s3:::OUTPUT_BUCKET/OUTPUT_PREFIXrun=*/_work/*',
  ],
  intake: [
    'sqs:ChangeMessageVisibility QUEUE_ARN',
    'sqs:DeleteMessage QUEUE_ARN',
    'sqs:ReceiveMessage QUEUE_ARN',
    'sqs:SendMessage DEAD_LETTER_QUEUE_ARN',
  ],
  kms: ['kms:Decrypt KMS_KEY_ARN', 'kms:GenerateDataKey KMS_KEY_ARN'],
};

const roles = JSON.parse(textOf('infra/iam/roles.json')) as Record<string, readonly string[]>;

describe('the permissions in infra/iam', () => {
  for (const [policy, expected] of Object.entries(POLICIES)) {
    it(`${policy} allows exactly what it needs`, () => {
      expect(allowed(policy)).toEqual(expected);
      expect(statements(policy).every(({ Effect }) => Effect === 'Allow')).toBe(true);
    });
  }

  it('list a bucket below the prefix only', () => {
    const prefixes = Object.keys(POLICIES)
      .flatMap(statements)
      .filter(({ Action }) => Action.includes('s3:ListBucket'))
      .map(({ Condition }) => Condition);
    expect(prefixes).toEqual(['INPUT_PREFIX*', 'OUTPUT_PREFIX*'].map((prefix) => ({ StringLike: { 's3:prefix': [prefix] } })));
  });

  it('are all there, and no other', () => {
    const files = repositoryFiles('infra/iam').filter((file) => file.endsWith('.json') && !file.endsWith('roles.json'));
    expect(files).toEqual(
      Object.keys(POLICIES)
        .map((policy) => `infra/iam/${policy}.json`)
        .toSorted(),
    );
  });

  it('give no worker the right to delete', () => {
    expect(roles).toEqual({
      workflows: [],
      io: ['reader', 'writer'],
      inference: ['reader', 'writer'],
      command: ['reader', 'writer'],
      intake: ['writer', 'intake'],
      cleaning: ['writer', 'cleaner'],
    });
  });
});
