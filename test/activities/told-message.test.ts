import { expect, it } from 'vitest';
import { toldMessage } from '../../activities/performed.ts';

it('what a history keeps of a failure has no secret of an address in it', () => {
  const told = toldMessage('Gone: https://host/a?X-Amz-Signature=SECRET0 and https://user:SECRET0@host/b.');
  expect(told).toBe('Gone: https://host/a?… and https://…@host/b.');
});

it('what a history keeps of a failure is at most 12 KiB, and whole characters', () => {
  const told = toldMessage(`x${'ä'.repeat(20_000)}`);
  expect(Buffer.byteLength(told)).toBeLessThanOrEqual(12 * 1_024 + 3);
  expect(told).toMatch(/ä…$/u);
  expect(toldMessage('ä'.repeat(6_000))).toHaveLength(6_000);
});
