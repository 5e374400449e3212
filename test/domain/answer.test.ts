import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswer, suspectTruncated } from '../../domain/answer.ts';

const integer = (text: string): string | null => parseAnswer(text, { type: 'integer' });
const boolean = (text: string): string | null => parseAnswer(text, { type: 'boolean' });
const oneOf = (text: string, ...values: readonly string[]): string | null => parseAnswer(text, { type: 'enum', values });

describe('an integer answer', () => {
  it.each([
    ['7', '7'],
    ['There are 3 ships.', '3'],
    ['Three ships are visible.', '3'],
    ['I can see twenty boats', '20'],
    ['zero', '0'],
    ['1,200 houses', '1200'],
    ['12,345,678', '12345678'],
    ['There are 3-5 ships', '3'],
    ['There are 3–5 ships', '3'],
    ['between 10, 11 and 12', '10'],
    ['-4 metres', '-4'],
    ['**2** planes', '2'],
    ['(5)', '5'],
    ['about 9.', '9'],
    ['At B12 there are 4 cars', '4'],
    ['007', '7'],
    ['99999999999999999999', '99999999999999999999'],
    ['There are 10 ships and 2 docks', '10'],
    ['a two-storey house and four cars', '4'],
  ])('%j is %s', (text, value) => {
    expect(integer(text)).toBe(value);
  });

  it.each([
    'no ships',
    'None are visible.',
    'There are many.',
    '3.5',
    '1,20',
    'B12',
    '5th',
    'someone',
    'v2_3',
    'twenty-one ships',
    'Twenty one ships',
    'forty-two',
    'two hundred ships',
    '3 thousand',
    'one hundred and five',
    'thirty',
    '',
  ])('%j is no integer that can be read', (text) => {
    expect(integer(text)).toBeNull();
  });

  it('is read back from any sentence that holds one number', () => {
    fc.assert(
      fc.property(fc.integer(), (count) => {
        expect(integer(`There are ${count} ships.`)).toBe(String(count));
        expect(integer(`${count.toLocaleString('en-US')} ships`)).toBe(String(count));
      }),
    );
  });

  it('is null or a whole number, whatever the model says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(integer(text) ?? '0').toMatch(/^-?\d+$/u);
      }),
    );
  });
});

describe('a boolean answer', () => {
  it.each([
    ['Yes', 'true'],
    ['yes, there are ships', 'true'],
    ['No.', 'false'],
    ['NO SHIPS', 'false'],
    ['true', 'true'],
    ['False', 'false'],
    ['  **Yes**', 'true'],
    ['"No"', 'false'],
  ])('%j is %s', (text, value) => {
    expect(boolean(text)).toBe(value);
  });

  it.each(['There is no ship', 'Nope', 'Not visible', 'None', 'The answer is yes', 'Yesterday', 'truth', ''])(
    '%j is neither: only the first word counts',
    (text) => {
      expect(boolean(text)).toBeNull();
    },
  );
});

describe('an answer out of a list', () => {
  it.each([
    ['Rural.', 'rural'],
    ['This is an urban area; clearly URBAN.', 'urban'],
    ['It looks semi-rural.', 'semi-rural'],
  ])('%j is %s', (text, value) => {
    expect(oneOf(text, 'rural', 'urban', 'semi-rural')).toBe(value);
  });

  it.each(['rural or urban', 'industrial', 'suburban', 'rurality', 'both semi-rural and rural', ''])(
    '%j is none, or more than one',
    (text) => {
      expect(oneOf(text, 'rural', 'urban', 'semi-rural')).toBeNull();
    },
  );

  it('may be a value with signs in it, or in another script', () => {
    expect(oneOf('It is class A+ (probably).', 'A+', 'B')).toBe('A+');
    expect(oneOf('Ответ: море', 'море', 'суша')).toBe('море');
    expect(oneOf('a.b', 'axb', 'a.b')).toBe('a.b');
  });

  it('is always one of the values, as the spec writes it', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z -]{0,8}[A-Za-z]$/u);
    const values = fc.uniqueArray(word, { minLength: 1, maxLength: 5, selector: (value) => value.toLowerCase() });
    fc.assert(
      fc.property(values, fc.nat(), (all, pick) => {
        const value = all[pick % all.length] ?? '';
        expect(oneOf(`(${value.toUpperCase()})`, ...all)).toBe(value);
      }),
    );
  });
});

describe('a text answer', () => {
  it('has no value beside its text', () => {
    expect(parseAnswer('3 ships', { type: 'text' })).toBeNull();
  });
});

describe('an answer near its limit', () => {
  const words = (count: number, end = ''): string => `${Array.from({ length: count }, () => 'word').join(' ')}${end}`;

  it('is suspect when it does not end like a sentence, and only then', () => {
    expect(suspectTruncated(words(90), 128)).toBe(true);
    for (const end of ['.', '!', '?', '。', '."', '…)', '.\n']) expect(suspectTruncated(words(90, end), 128)).toBe(false);
  });

  it('is not suspect when it is far from the limit, or empty', () => {
    expect(suspectTruncated(words(40), 128)).toBe(false);
    expect(suspectTruncated('', 1)).toBe(false);
  });
});
