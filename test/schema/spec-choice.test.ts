import { describe, expect, it } from 'vitest';
import { specIdentity } from '../../domain/spec.ts';
import { parseSpec, specDocument } from '../../schema/spec.ts';
import { MINIMAL, mistakes } from '../support/spec-mistakes.ts';

const withInput = (input: object, more: object = {}): object => ({ ...MINIMAL, ...more, input: { ...MINIMAL.input, ...input } });
const withRetry = (retry: unknown): object => ({ ...MINIMAL, retry });

describe('a spec says what of its tiles is asked', () => {
  it('and is the spec that it always was where it says nothing', () => {
    expect(Object.keys(specDocument(parseSpec(MINIMAL)))).toEqual([
      'dataset',
      'input',
      'output',
      'tasks',
      'image',
      'priority',
      'failures',
    ]);
    expect(specIdentity(parseSpec({ ...MINIMAL, all: false }))).toBe(specIdentity(parseSpec(MINIMAL)));
  });

  it('and is another spec where it says something', () => {
    const specs = [
      MINIMAL,
      withInput({ sample: 50 }),
      { ...MINIMAL, all: true },
      withRetry({ run: 'a' }),
      withRetry({ run: 'b' }),
    ];
    expect(new Set(specs.map((spec) => specIdentity(parseSpec(spec)))).size).toBe(specs.length);
  });

  it('with codes and classes as a set', () => {
    const [one, other] = [
      { run: 'a', codes: ['timeout', 'missing', 'timeout'], classes: ['run', 'input'] },
      { run: 'a', codes: ['missing', 'timeout'], classes: ['input', 'run'] },
    ].map((retry) => parseSpec(withRetry(retry)));
    expect(one?.retry).toEqual({ run: 'a', codes: ['missing', 'timeout'], classes: ['input', 'run'] });
    expect(one).toEqual(other);
  });
});

describe('mistakes in that are told', () => {
  it.each([
    [withInput({ sample: 0 }), ['input.sample: 0; expected a whole number from 1 to 25000']],
    [withInput({ sample: 25_001 }), ['input.sample: 25001; expected a whole number from 1 to 25000']],
    [{ ...MINIMAL, all: 'yes' }, ['all: "yes"; expected true or false']],
    [withRetry('a'), ['retry: "a"; expected an object with run, codes, classes']],
    [withRetry({ codes: ['timeout'] }), ['retry.run: missing; expected the id of a run: 1 to 200 of A-Z']],
    [withRetry({ run: 'a/b' }), ['retry.run: "a/b"; expected the id of a run']],
    [withRetry({ run: 'a', codes: ['timeot'] }), ['retry.codes[0]: "timeot"; expected an error code (did you mean timeout?)']],
    [withRetry({ run: 'a', codes: 'timeout' }), ['retry.codes: "timeout"; expected a list of one or more of missing, changed']],
    [withRetry({ run: 'a', codes: [] }), ['retry.codes: []; expected a list of one or more of missing']],
    [withRetry({ run: 'a', classes: ['service', 'tiles'] }), ['retry.classes[1]: "tiles"; expected a class of errors (']],
    [withRetry({ run: 'a', code: 'timeout' }), ['retry.code: unknown field; did you mean codes?']],
  ])('%j', (document, said) => {
    const lines = mistakes(document);
    expect(lines).toHaveLength(said.length);
    for (const [n, line] of lines.entries()) expect(line).toContain(said[n]);
  });

  it('what does not go together with a retry, and what to do', () => {
    expect(mistakes(withInput({ limit: 5, sample: 50 }, { all: true, retry: { run: 'a' } }))).toEqual([
      'input.limit: 5 does not go together with retry: a retry asks every tile that failed; remove it',
      'input.sample: 50 does not go together with retry: a retry asks every tile that failed; remove it, or sample in a run without retry',
      'all: true does not go together with retry: a retry asks what failed; remove it, or remove retry to ask everything again',
    ]);
    expect(mistakes({ ...MINIMAL, all: false, retry: { run: 'a' } })).toEqual([]);
  });
});
