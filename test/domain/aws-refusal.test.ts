import { describe, expect, it } from 'vitest';
import { isAboutKey, isPassing, isThrottle } from '../../domain/aws-refusal.ts';

const named = (name: string) => ({ name, status: 400 });

describe('what AWS refuses', () => {
  it.each([
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'RequestThrottled',
    'TooManyRequests',
    'TooManyRequestsException',
    'SlowDown',
    'RequestLimitExceeded',
    'BandwidthLimitExceeded',
    'KMS.ThrottlingException',
    'KmsThrottled',
  ])('asks for fewer requests, and passes: %s', (name) => {
    expect([isThrottle(named(name)), isPassing(named(name))]).toEqual([true, true]);
  });

  it.each([
    'RequestTimeout',
    'RequestTimeoutException',
    'OperationAborted',
    'ConditionalRequestConflict',
    'KMS.KMSInternalException',
    'KMS.KeyUnavailableException',
  ])('passes, though nobody asks for fewer requests: %s', (name) => {
    expect([isThrottle(named(name)), isPassing(named(name))]).toEqual([false, true]);
  });

  it('passes by its status alone', () => {
    const passing = [400, 403, 404, 408, 429].filter((status) => isPassing({ name: 'Unknown', status }));
    expect(passing).toEqual([408, 429]);
  });

  it.each(['AccessDenied', 'KMS.DisabledException', 'KmsNotFound', 'InvalidRequest', 'NoSuchKey'])(
    'stays refused: %s',
    (name) => {
      expect(isPassing(named(name))).toBe(false);
    },
  );

  it('is about a key of KMS where its name says so', () => {
    const names = ['KMS.DisabledException', 'KmsAccessDenied', 'AccessDenied', 'InvalidRequest'];
    expect(names.filter((name) => isAboutKey(named(name)))).toEqual(['KMS.DisabledException', 'KmsAccessDenied']);
    expect(isAboutKey({ name: 'KMS.Unheard', status: 500 })).toBe(false);
  });
});
