import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  pollMeaning,
  submitMeaning,
  type BodyShape,
  type Fault,
  type PollMeaning,
  type Seen,
  type SubmitMeaning,
} from '../../domain/reply.ts';

const FAULTS: Readonly<Record<Fault, readonly [SubmitMeaning, PollMeaning]>> = {
  unreachable: ['unreachable', 'unreachable'],
  reset: ['ambiguous', 'transport'],
  timeout: ['ambiguous', 'transport'],
  too_long: ['ambiguous', 'broken'],
  elsewhere: ['elsewhere', 'elsewhere'],
  too_many_redirects: ['ambiguous', 'transport'],
};
const SHAPES: readonly BodyShape[] = ['documented', 'empty_text', 'error', 'html', 'modal_text', 'json', 'other'];

const status = (code: number, body: BodyShape): Seen => ({ status: code, fault: null, body });
const fault = (what: Fault): Seen => ({ status: null, fault: what, body: 'other' });

describe('a submit', () => {
  it.each<[number, BodyShape, SubmitMeaning]>([
    [200, 'documented', 'accepted'],
    [400, 'error', 'rejected'],
    [422, 'json', 'rejected'],
    [400, 'modal_text', 'gone'],
    [413, 'other', 'too_large'],
    [401, 'other', 'credentials'],
    [403, 'html', 'credentials'],
    [404, 'error', 'gone'],
    [404, 'modal_text', 'gone'],
    [405, 'other', 'gone'],
    [200, 'html', 'gone'],
    [200, 'modal_text', 'gone'],
    [429, 'other', 'busy'],
    [503, 'html', 'unavailable'],
    [500, 'error', 'refused'],
    [500, 'json', 'ambiguous'],
    [500, 'html', 'ambiguous'],
    [502, 'html', 'ambiguous'],
    [200, 'json', 'ambiguous'],
    [200, 'error', 'ambiguous'],
    [418, 'other', 'rejected'],
    [408, 'other', 'ambiguous'],
    [303, 'other', 'ambiguous'],
  ])('answered with %i and %s is %s', (code, body, means) => {
    expect(submitMeaning(status(code, body))).toBe(means);
  });

  it.each(Object.entries(FAULTS))('that ends in %s says so', (what, [means]) => {
    expect(submitMeaning(fault(what as Fault))).toBe(means);
  });

  it('is accepted only where the documented answer came', () => {
    const seen = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      fault: fc.constant(null),
      body: fc.constantFrom(...SHAPES),
    });
    fc.assert(fc.property(seen, (some) => submitMeaning(some) !== 'accepted' || some.body === 'documented'));
  });
});

describe('a poll', () => {
  it.each<[number, BodyShape, PollMeaning]>([
    [202, 'json', 'pending'],
    [200, 'documented', 'done'],
    [200, 'empty_text', 'empty'],
    [200, 'json', 'broken'],
    [200, 'error', 'broken'],
    [200, 'html', 'transport'],
    [200, 'other', 'transport'],
    [500, 'error', 'failing'],
    [500, 'json', 'failing'],
    [500, 'html', 'transport'],
    [500, 'modal_text', 'transport'],
    [500, 'other', 'transport'],
    [404, 'error', 'expired'],
    [404, 'json', 'gone'],
    [404, 'modal_text', 'gone'],
    [404, 'html', 'gone'],
    [401, 'other', 'credentials'],
    [403, 'other', 'credentials'],
    [429, 'other', 'transport'],
    [502, 'html', 'transport'],
    [503, 'other', 'unavailable'],
    [400, 'error', 'transport'],
  ])('answered with %i and %s is %s', (code, body, means) => {
    expect(pollMeaning(status(code, body))).toBe(means);
  });

  it.each(Object.entries(FAULTS))('that ends in %s says so', (what, [, means]) => {
    expect(pollMeaning(fault(what as Fault))).toBe(means);
  });

  it('is done only where text came with 200', () => {
    const seen = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      fault: fc.constant(null),
      body: fc.constantFrom(...SHAPES),
    });
    fc.assert(fc.property(seen, (some) => pollMeaning(some) !== 'done' || (some.status === 200 && some.body === 'documented')));
  });
});
