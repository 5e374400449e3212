import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patience, retryDelayMs } from '../../../adapters/s3/retry.ts';

describe('the wait before a retry', () => {
  it('doubles up to five seconds, and is spread over all of it', () => {
    expect([1, 2, 3, 10].map((failures) => retryDelayMs(failures, 1))).toEqual([100, 200, 400, 5_000]);
    expect(retryDelayMs(3, 0.5)).toBe(200);
    expect(retryDelayMs(3, 0)).toBe(0);
  });

  it('is never longer than five seconds, and longer where S3 says that it is too much', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (failures, roll) => {
          const [wait, throttled] = [retryDelayMs(failures, roll), retryDelayMs(failures, roll, true)];
          return wait >= 0 && throttled >= wait && throttled <= 5_000;
        },
      ),
    );
  });
});

describe('a request that S3 refused', () => {
  const attempts = async (name: string, httpStatusCode: number): Promise<number> => {
    const error = { name, message: 'no', $fault: 'client' as const, $service: 'S3', $metadata: { httpStatusCode } };
    let token = await patience.acquireInitialRetryToken('');
    for (let made = 1; ; made += 1)
      try {
        token = await patience.refreshRetryTokenForRetry(token, { error, errorType: 'CLIENT_ERROR' });
      } catch {
        return made;
      }
  };

  it.each([
    ['KMS.ThrottlingException', 400],
    ['RequestTimeout', 400],
    ['ConditionalRequestConflict', 409],
    ['Unknown', 429],
  ])('is made again where it may be answered later: %s', async (name, status) => {
    expect(await attempts(name, status)).toBe(10);
  });

  it.each([
    ['KMS.DisabledException', 400],
    ['AccessDenied', 403],
    ['InvalidRequest', 400],
  ])('is not made again where it would be refused again: %s', async (name, status) => {
    expect(await attempts(name, status)).toBe(1);
  });
});
