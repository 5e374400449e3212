import { describe, expect, it } from 'vitest';
import { problemOf } from '../../cli/problem.ts';
import { exitCodeOf } from '../../cli/verdict.ts';
import { Failure, FAILURES, type FailureKind } from '../../domain/failure.ts';
import { HALTS, type HaltCode } from '../../domain/halt.ts';
import { ObjectStoreError } from '../../ports/object-store.ts';
import { shownStatus } from '../support/shown-status.ts';

describe('what a command says when it cannot go on', () => {
  it.each(Object.keys(FAILURES) as FailureKind[])('%s is its own sentence and exit code', (kind) => {
    expect(problemOf(new Failure(kind, 'It is so.'))).toEqual({ sentence: 'It is so.', exitCode: FAILURES[kind].exitCode });
  });

  it.each([
    ['missing', 2],
    ['no_bucket', 2],
    ['wrong_region', 2],
    ['denied', 3],
    ['refused', 3],
    ['credentials', 3],
    ['unreachable', 4],
  ] as const)('an object store that says %s ends with %i', (problem, exitCode) => {
    expect(problemOf(new ObjectStoreError(problem, 'Bucket x.'))).toEqual({ sentence: 'Bucket x.', exitCode });
  });

  it('anything else is one line that asks for a report, without a stack', () => {
    const { sentence, exitCode } = problemOf(new TypeError('x is undefined\n    at y'));
    expect(sentence).toMatch(/^x is undefined\. This is a mistake in tilescribe: please report it/u);
    expect({ exitCode, lines: sentence.split('\n').length }).toEqual({ exitCode: 1, lines: 1 });
  });

  it('control characters of others are not passed on', () => {
    expect(problemOf(new Failure('NotFound', 'no \u001B[31mrun\u0007')).sentence).toBe('no run');
  });
});

describe('the exit code of a run', () => {
  it.each([
    ['complete', 0],
    ['failed', 1],
    ['cancelled', 1],
  ] as const)('%s: %i', (state, exitCode) => {
    expect(exitCodeOf(shownStatus({ state }))).toBe(exitCode);
  });

  it.each(Object.keys(HALTS) as HaltCode[])('halted by %s: as the table says', (code) => {
    const halted_services = [{ service: 'caption', code, message: 'm', action: 'a' }];
    expect(exitCodeOf(shownStatus({ state: 'halted', halted_services }))).toBe(HALTS[code].exitCode);
  });
});
