import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetOf, specFromArguments } from '../../schema/short-form.ts';
import { parseSpec } from '../../schema/spec.ts';

const FROM = { input: 's3://imagery/tiles/Harbours 2026/', out: 's3://results/h' };

describe('the short form', () => {
  it('asks for captions and questions', () => {
    const document = specFromArguments({
      ...FROM,
      caption: true,
      ask: ['How many ships are visible?', 'How many ships are visible!'],
    });
    expect(document).toEqual({
      dataset: 'harbours-2026',
      input: { uri: FROM.input },
      output: { uri: FROM.out },
      tasks: [
        { id: 'caption', kind: 'caption' },
        { id: 'how-many-ships-are-visible', kind: 'vqa', question: 'How many ships are visible?' },
        { id: 'how-many-ships-are-visible-2', kind: 'vqa', question: 'How many ships are visible!' },
      ],
    });
    expect(parseSpec(document).output.uri).toBe('s3://results/h/');
  });

  it('hands on filters, a prompt, a name and a priority', () => {
    const given = { include: ['*.tif'], exclude: ['x/**'], limit: 3, dataset: 'named', priority: 'backfill' as const };
    expect(specFromArguments({ ...FROM, ...given, captionPrompt: 'What is here?' })).toEqual({
      dataset: 'named',
      input: { uri: FROM.input, include: ['*.tif'], exclude: ['x/**'], limit: 3 },
      output: { uri: FROM.out },
      tasks: [{ id: 'caption', kind: 'caption', prompt: 'What is here?' }],
      priority: 'backfill',
    });
  });

  it('says what to add when nothing is asked', () => {
    expect(() => specFromArguments(FROM)).toThrow('Nothing is asked: give --caption, --ask "a question", or both.');
  });

  it.each([
    ['s3://imagery/lists/Today.jsonl', 'today'],
    ['s3://inv/dest/imagery/all-tiles/2026-11-20T01-00Z/manifest.json', 'all-tiles'],
    ['s3://inv/manifest.json', 'inv'],
    ['s3://imagery/stac/harbours/catalog.json', 'harbours'],
    ['s3://imagery/stac/Harbours.geojson', 'harbours'],
    ['s3://imagery/collection.json', 'imagery'],
    ['s3://imagery', 'imagery'],
    ['s3://imagery/___/', 'tiles'],
    ['s3://imagery/Häfen/', 'h-fen'],
    ['s3://imagery/harbours/{date:YYYY/MM/DD}/', 'harbours'],
    ['s3://imagery/harbours-{date-1}/', 'harbours'],
    ['s3://inv/dest/all-tiles/{date}T01-00Z/manifest.json', 'all-tiles'],
    ['s3://imagery/{date}/', 'imagery'],
    ['s3://imagery/harbours/{date}.jsonl', 'harbours'],
  ])('calls the dataset of %s %s', (input, dataset) => {
    expect(datasetOf(input)).toBe(dataset);
  });

  it('makes ids and names that a spec takes, of any question and any prefix', () => {
    const questions = fc.uniqueArray(
      fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }).filter((text) => text.trim() !== ''),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(questions, fc.string({ unit: 'grapheme', maxLength: 90 }), (ask, prefix) => {
        const spec = parseSpec(specFromArguments({ input: `s3://imagery/${prefix}`, out: 's3://results/', caption: true, ask }));
        expect(spec.tasks).toHaveLength(ask.length + 1);
      }),
    );
  });
});
