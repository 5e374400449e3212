import { describe, expect, it } from 'vitest';
import { s3Failure, withS3Failures, type Side } from '../../activities/s3-failure.ts';
import { ObjectStoreError, type ObjectStoreProblem } from '../../ports/object-store.ts';

const EXPECTED = [
  ['denied', 'input', ['Denied', 'input.requestPayer']],
  ['denied', 'output', ['Denied', 's3:PutObject']],
  ['credentials', 'input', ['Denied', 'AWS_ACCESS_KEY_ID']],
  ['no_bucket', 'input', ['NotFound', 'input.uri']],
  ['no_bucket', 'output', ['NotFound', 'output.uri']],
  ['missing', 'input', ['NotFound', 'input.uri']],
  ['unreachable', 'output', ['Unreachable', 'AWS_ENDPOINT_URL']],
  ['unreachable', 'input', ['Unreachable', 'request quota']],
  ['refused', 'input', ['Denied', 'what S3 names']],
  ['wrong_region', 'input', ['InvalidSpec', 'input.region']],
  ['wrong_region', 'output', ['InvalidConfiguration', 'AWS_REGION']],
  ['changed', 'input', ['InvalidSpec', 'new id']],
  ['archived', 'input', ['NotFound', 'Restore']],
  ['too_large', 'input', ['InvalidSpec', 'smaller']],
  ['missing', 'spec', ['NotFound', 'Put the run spec there']],
  ['denied', 'spec', ['Denied', 's3:GetObject for the run spec']],
] as const satisfies readonly (readonly [ObjectStoreProblem, Side, readonly [kind: string, todo: string]])[];

describe('what S3 refuses', () => {
  it.each(EXPECTED)('%s at the %s is one kind of failure and says what to do: %j', (problem, side, [kind, todo]) => {
    const failure = s3Failure(new ObjectStoreError(problem, 'The bucket images said no'), side);
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(todo) as string });
    expect((failure as Error).message).toMatch(/^The bucket images said no\. [A-Z].*\.$/u);
  });

  it('has one thing to do: that of the run, in place of that of any object', () => {
    const error = new ObjectStoreError('missing', 's3://ops/a.json is not there. Check the name.', {
      fact: 's3://ops/a.json is not there.',
    });
    const { message } = s3Failure(error, 'spec') as Error;
    expect(message).toBe('s3://ops/a.json is not there. Put the run spec there, or correct its address.');
  });

  it('keeps its cause, and leaves every other error alone', async () => {
    const cause = new ObjectStoreError('denied', 'No.');
    await expect(withS3Failures('input', () => Promise.reject(cause))).rejects.toMatchObject({ kind: 'Denied', cause });
    const other = new TypeError('a bug');
    await expect(withS3Failures('input', () => Promise.reject(other))).rejects.toBe(other);
  });
});
