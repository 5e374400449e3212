import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPEC_MAX_BYTES } from '../../domain/spec.ts';
import { CAPTION, MINIMAL, mistakes, withTasks } from '../support/spec-mistakes.ts';

const withImage = (image: unknown): unknown => ({ ...MINIMAL, image });

describe('mistakes', () => {
  it('are all told at once, each with its field, what was found and what was expected', () => {
    const document = {
      datset: 'x',
      input: { uri: 's3://b-1/t', limit: 0, include: '*.tif', requestPayer: 'true' },
      output: { uri: 's3://b-1/t/out' },
      tasks: [
        { id: 'Ships', kind: 'vqa', prompt: 'How many?', maxTokens: 5000 },
        { id: 'a', kind: 'caption', temperature: 2.5, max_tokens: 5 },
        { id: 'b', kind: 'ocr' },
        { id: 'b', kind: 'captoin' },
        'caption',
      ],
      image: { maxSide: 32, format: 'jpg', bands: [1, 2], scale: [5, 5], quality: 1.5 },
      priority: 'urgent',
      failures: { maxPercent: 101 },
    };
    expect(mistakes(document)).toEqual([
      'dataset: missing; expected 1 to 63 of a-z 0-9 . _ - that begin with a letter or digit',
      'input.include: "*.tif"; expected a list of globs, such as ["**/*.tif"]',
      'input.limit: 0; expected a whole number, at least 1',
      'input.requestPayer: "true"; expected true or false',
      'image.maxSide: 32; expected a whole number from 64 to 4096',
      'image.format: "jpg"; expected one of jpeg, png, webp (did you mean jpeg?)',
      'image.quality: 1.5; expected a whole number from 1 to 100',
      'image.bands: [1,2]; expected 1 or 3 band numbers, counted from 1',
      'image.scale: [5,5]; expected [lo, hi] with lo < hi',
      'priority: "urgent"; expected one of interactive, nightly, backfill',
      'failures.maxPercent: 101; expected a number from 0 to 100',
      'datset: unknown field; did you mean dataset?',
      'tasks[0].id: "Ships"; expected 1 to 32 of a-z 0-9 _ - that begin with a letter or digit',
      'tasks[0].question: missing; expected text of 1 to 4000 characters',
      'tasks[0].maxTokens: 5000; expected a whole number from 1 to 4096',
      'tasks[0].prompt: unknown field; did you mean question?',
      'tasks[1].temperature: 2.5; expected a number from 0 to 2',
      'tasks[1].max_tokens: unknown field; did you mean maxTokens?',
      'tasks[2].kind: "ocr" cannot be asked yet; this version knows caption and vqa',
      'tasks[3].kind: "captoin"; expected a kind of task; this version knows caption and vqa (did you mean caption?)',
      'tasks[4]: "caption"; expected an object with id and kind',
      'output.uri: "s3://b-1/t/out" lies inside input.uri "s3://b-1/t"; expected a prefix outside of it',
      'tasks[3].id: "b" is also the id of tasks[2]; ids are unique',
    ]);
  });

  it('name both of two tasks that ask the same', () => {
    const ask = { kind: 'vqa', question: 'How many ships?' };
    expect(mistakes(withTasks({ id: 'a', ...ask }, { id: 'b', ...ask, answer: { type: 'integer' } }))).toEqual([]);
    expect(mistakes(withTasks({ id: 'a', ...ask }, { id: 'b', ...ask, maxTokens: 128 }))).toEqual([
      'tasks[1]: "b" asks the same as "a" of tasks[0]; remove one of them',
    ]);
  });

  it.each([
    [{ type: 'number' }, 'type: "number"; expected one of {"type":"text"}'],
    ['integer', 'answer: "integer"; expected one of {"type":"text"}'],
    [{ type: 'enum' }, 'values: missing; expected a list of the possible answers'],
    [{ type: 'enum', values: [] }, 'values: []; expected at least one possible answer'],
    [{ type: 'enum', values: ['a', 'A '] }, 'values: ["a","A "]; expected possible answers that differ in more than case'],
    [{ type: 'enum', values: ['a', ''] }, 'values[1]: ""; expected text that is not empty'],
    [{ type: 'integer', values: ['a'] }, 'values: unknown field'],
  ])('say what an answer may be, not %j', (answer, said) => {
    const [line] = mistakes(withTasks({ id: 'a', kind: 'vqa', question: 'Q?', answer }));
    expect(line).toContain(said);
  });

  it.each([{ question: 'What?' }, { answer: { type: 'text' } }])('say whose field it is that a caption got: %j', (field) => {
    const [line] = mistakes(withTasks({ ...CAPTION, ...field }));
    expect(line).toContain('vqa task');
  });

  it('count characters of a prompt, not bytes', () => {
    const prompt = (length: number): string[] => mistakes(withTasks({ ...CAPTION, prompt: '🚢'.repeat(length) }));
    expect(prompt(2000)).toEqual([]);
    expect(mistakes(withTasks({ ...CAPTION, prompt: 'x'.repeat(4000) }))).toEqual([]);
    expect(mistakes(withTasks({ ...CAPTION, prompt: 'x'.repeat(4001) }))[0]).toContain('1 to 4000 characters');
    expect(mistakes(withTasks({ ...CAPTION, prompt: ' ' }))[0]).toContain('1 to 4000 characters');
  });

  it('tell how many tasks there may be', () => {
    expect(mistakes(withTasks())).toEqual(['tasks: []; expected a list of 1 to 16 tasks']);
    const many = Array.from({ length: 17 }, (_, n) => ({ id: `t${n}`, kind: 'vqa', question: `Q${n}?` }));
    expect(mistakes(withTasks(...many.slice(1)))).toEqual([]);
    expect(mistakes(withTasks(...many))[0]).toContain('expected a list of 1 to 16 tasks');
  });

  it.each([
    [{ bands: [] }, 'image.bands'],
    [{ bands: [0] }, 'image.bands[0]'],
    [{ bands: [4, 3, 2, 1] }, 'image.bands'],
    [{ scale: [1] }, 'image.scale'],
    [{ scale: [9, 1] }, 'image.scale'],
    [{ nodata: 'nan' }, 'image.nodata'],
    [{ minValidFraction: 5 }, 'image.minValidFraction'],
    [{ maxSide: null }, 'image.maxSide'],
  ])('stand in the way of the picture %j', (image, field) => {
    expect(mistakes(withImage(image))[0]?.split(':')[0]).toBe(field);
  });

  it('tell what is no object, also text', () => {
    expect(mistakes([])[0]).toContain('[]; expected an object with dataset, input, output, tasks');
    expect(mistakes('{"dataset":"x"}')[0]).toMatch(/^"\{.*; expected an object with dataset/u);
    expect(mistakes(undefined)[0]).toContain('expected an object');
  });

  it('tell the size of a document that is too large, also once its defaults are filled in', () => {
    expect(mistakes({ ...MINIMAL, dataset: 'x'.repeat(SPEC_MAX_BYTES) })[0]).toMatch(
      /The document is \d+ bytes; expected at most 16384/u,
    );
    const many = Array.from({ length: 16 }, (_, n) => ({ id: `t${n}`, kind: 'vqa', question: `${n}${'x'.repeat(955)}` }));
    expect(JSON.stringify(withTasks(...many)).length).toBeLessThan(SPEC_MAX_BYTES);
    expect(mistakes(withTasks(...many))[0]).toContain('With its defaults filled in');
  });

  it('in names that every object has do no harm', () => {
    expect(mistakes(JSON.parse('{"__proto__":{"dataset":"x"},"constructor":1,"toString":2}')).length).toBeGreaterThan(5);
    const task = mistakes(withTasks({ id: '__proto__', kind: 'constructor' }));
    expect(task).toHaveLength(1);
    expect(mistakes(withTasks({ ...CAPTION, service: 'merged' }))[0]).toContain('listed and merged are taken');
    expect(Object.hasOwn(Object.prototype, 'dataset')).toBe(false);
  });

  it('show what a terminal would obey', () => {
    const odd = 'a\u001b[2J\u202e\nb';
    expect(mistakes({ ...MINIMAL, [odd]: 1, priority: odd })).toEqual([
      expect.stringContaining('priority: "a\\u001b[2J\\u202e\\nb"; expected'),
      expect.stringContaining('a\\u001b[2J\\u202e\\u000ab: unknown field'),
    ]);
  });

  it('are sentences whatever the document is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (anything, field) => {
        for (const document of [
          anything,
          { ...MINIMAL, tasks: [anything, field] },
          { ...MINIMAL, image: anything, input: field },
        ]) {
          const lines = mistakes(document);
          expect(lines.every((line) => !line.includes('Invalid input') && !line.includes('undefined'))).toBe(true);
        }
      }),
    );
  });
});
