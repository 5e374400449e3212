import { describe, expect, it } from 'vitest';
import { objectStoreError, type S3Act } from '../../../adapters/s3/problems.ts';
import { ObjectStoreError } from '../../../ports/object-store.ts';

const ACT: S3Act = { action: 's3:GetObject', bucket: 'imagery', key: 'tiles/a.tif' };
const SITE = { endpoint: null, region: 'us-east-1' };

function sdkError(name: string, status: number | null, more: object = {}): Error {
  return Object.assign(new Error(`${name} said so`), {
    name,
    $metadata: status === null ? {} : { httpStatusCode: status },
    ...more,
  });
}

describe('an error of S3', () => {
  it.each([
    [sdkError('NoSuchKey', 404), 'missing', 's3://imagery/tiles/a.tif is not there'],
    [sdkError('NotFound', 404), 'missing', 's3://imagery/tiles/a.tif'],
    [sdkError('KeyTooLongError', 400), 'missing', 's3://imagery/tiles/a.tif'],
    [sdkError('NoSuchBucket', 404), 'no_bucket', 'Bucket imagery does not exist'],
    [sdkError('AccessDenied', 403), 'denied', 'Allow s3:GetObject'],
    [sdkError('403', 403), 'denied', 'Allow s3:GetObject'],
    [sdkError('KMS.DisabledException', 400), 'denied', 'KMS.DisabledException said so). Mend its KMS key'],
    [sdkError('KMS.NotFoundException', 400), 'denied', 'KMS.NotFoundException'],
    [sdkError('InvalidRequest', 400), 'refused', 'InvalidRequest said so). Mend what S3 names'],
    [sdkError('InvalidRange', 416), 'refused', 'InvalidRange'],
    [sdkError('PreconditionFailed', 412), 'changed', 'no longer the object'],
    [sdkError('InvalidObjectState', 403), 'archived', 'Restore'],
    [sdkError('InvalidAccessKeyId', 403), 'credentials', 'AWS_ACCESS_KEY_ID'],
    [sdkError('SignatureDoesNotMatch', 403), 'credentials', 'AWS_SECRET_ACCESS_KEY'],
    [sdkError('ExpiredToken', 400), 'credentials', 'sign in again'],
    [sdkError('CredentialsProviderError', null), 'credentials', 'AWS_PROFILE'],
    [
      sdkError('PermanentRedirect', 301, { $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } } }),
      'wrong_region',
      'in eu-west-1',
    ],
    [sdkError('301', 301), 'wrong_region', 'not in us-east-1'],
    [sdkError('AuthorizationHeaderMalformed', 400, { Region: 'eu-west-1' }), 'wrong_region', 'in eu-west-1, not in us-east-1'],
    [sdkError('Error', null, { code: 'ECONNREFUSED' }), 'unreachable', 'S3 in region us-east-1'],
    [sdkError('Error', null, { code: 'ENOTFOUND' }), 'unreachable', 'ENOTFOUND'],
    [sdkError('TimeoutError', null), 'unreachable', 'TimeoutError'],
    [sdkError('SlowDown', 503), 'unreachable', 'SlowDown'],
    [sdkError('SlowDown', 429), 'unreachable', 'asks for fewer requests'],
    [sdkError('Unknown', 429), 'unreachable', 'asks for fewer requests'],
    [sdkError('KMS.ThrottlingException', 400), 'unreachable', 'KMS.ThrottlingException said so). Try again later'],
    [sdkError('ThrottlingException', 400), 'unreachable', 'request quota'],
    [sdkError('RequestLimitExceeded', 400), 'unreachable', 'request quota'],
    [sdkError('RequestTimeout', 400), 'unreachable', 'could not be reached'],
    [sdkError('OperationAborted', 409), 'unreachable', 'OperationAborted'],
    [sdkError('InternalError', 500), 'unreachable', 'InternalError'],
    ['a text', 'unreachable', 's3://imagery/tiles/a.tif'],
  ] as const)('%s is %s, in a sentence that names it', (error, problem, part) => {
    const translated = objectStoreError(error, ACT, SITE);
    expect(translated).toBeInstanceOf(ObjectStoreError);
    expect(translated.problem).toBe(problem);
    expect(translated.message).toContain(part);
    expect(translated.message).toMatch(/^\S[^\n]*\.$/u);
    expect(translated.cause).toBe(error);
  });

  it.each(['InvalidRequest', 'KMS.ThrottlingException', 'RequestTimeout'])(
    'speaks of no permission where it is not about one: %s',
    (name) => {
      expect(objectStoreError(sdkError(name, 400), ACT, SITE).message).not.toContain('Allow');
    },
  );

  it('names the endpoint that was asked', () => {
    const site = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1' };
    expect(objectStoreError(sdkError('Error', null, { code: 'ECONNREFUSED' }), ACT, site).message).toContain(
      'S3 at http://127.0.0.1:9',
    );
  });

  it('says where to set a region that is missing', () => {
    const translated = objectStoreError(new Error('Region is missing'), ACT, { endpoint: null, region: null });
    expect(translated).toMatchObject({ problem: 'wrong_region', message: expect.stringContaining('AWS_REGION') });
  });

  it('shows a hostile key as one printable line', () => {
    const translated = objectStoreError(sdkError('NoSuchKey', 404), { ...ACT, key: 'a\n\u001B[31m\u202Eb' }, SITE);
    expect(translated.message).toContain(String.raw`s3://imagery/a\u000a\u001b[31m\u202eb`);
  });

  it('that has been translated stays as it is', () => {
    const first = objectStoreError(sdkError('NoSuchKey', 404), ACT, SITE);
    expect(objectStoreError(first, ACT, SITE)).toBe(first);
  });
});

it('an endpoint is told without the password that stands in it', () => {
  const site = { endpoint: 'https://user:SECRET0@minio.example:9000', region: null };
  expect(objectStoreError(sdkError('TimeoutError', null), ACT, site).message).toContain(
    'S3 at https://…@minio.example:9000 could not',
  );
});
