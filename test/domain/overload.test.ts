import { describe, expect, it } from 'vitest';
import { isOverload, type Fault } from '../../domain/reply.ts';

const CALLS = ['submit', 'poll'] as const;

describe.each(CALLS)('a %s', (call) => {
  it.each([408, 429, 502, 503, 504])('that is answered %i says that the service has more work than it can take', (status) => {
    expect(isOverload(call, { status, fault: null })).toBe(true);
  });

  it.each([200, 202, 400, 401, 403, 404, 413, 500])('that is answered %i does not', (status) => {
    expect(isOverload(call, { status, fault: null })).toBe(false);
  });

  it.each<[Fault, boolean]>([
    ['timeout', true],
    ['reset', call === 'submit'],
    ['unreachable', false],
    ['elsewhere', false],
    ['too_long', false],
    ['too_many_redirects', false],
  ])('that ends in %s: %s', (fault, overload) => {
    expect(isOverload(call, { status: null, fault })).toBe(overload);
  });
});
