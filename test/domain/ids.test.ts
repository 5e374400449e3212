import { describe, expect, it } from 'vitest';
import { holderId, recordIdText, requestIdText, type Asked } from '../../domain/ids.ts';
import type { ImageSpec, TaskSpec } from '../../domain/spec.ts';
import { SUBJECT } from './subjects.ts';

const { tile, task, service, image } = SUBJECT;
const ASKED: Asked = { task, api: service.api, model: service.model, image };
const asking = (more: Partial<TaskSpec>): Asked => ({ ...ASKED, task: { ...task, ...more } });
const seeing = (more: Partial<ImageSpec>): Asked => ({ ...ASKED, image: { ...image, ...more } });

/** The formula of the contract, written out. */
const SORTED_IMAGE = { format: 'jpeg', maxSide: 1024, minValidFraction: 0.05, quality: 85 };
const QUESTION = [
  'vqa',
  'qwen-vl',
  'qwen-vqa-special',
  'How many ships are visible?',
  128,
  0,
  { type: 'integer' },
  SORTED_IMAGE,
  'p1',
];

describe('a record id', () => {
  it('is made of the object and the question, as the contract writes it', () => {
    expect(recordIdText(tile, ASKED)).toBe(JSON.stringify(['r1', 'imagery', 'tiles/é 1.png', 'abc', ...QUESTION]));
  });

  it('is the same whatever the task and its service are called, and however the image is written', () => {
    const id = recordIdText(tile, ASKED);
    expect(recordIdText(tile, asking({ id: 'count', service: 'other' }))).toBe(id);
    expect(recordIdText(tile, { ...ASKED, image: Object.fromEntries(Object.entries(image).toReversed()) as never })).toBe(id);
    expect(recordIdText({ ...tile, size: 9, version_id: 'v2' } as typeof tile, ASKED)).toBe(id);
  });

  it('is another for another object, version, question or picture', () => {
    const texts = [
      recordIdText(tile, ASKED),
      recordIdText({ ...tile, etag: 'abd' }, ASKED),
      recordIdText({ ...tile, etag: null }, ASKED),
      recordIdText({ ...tile, bucket: 'other' }, ASKED),
      recordIdText({ ...tile, key: 'tiles/e 1.png' }, ASKED),
      recordIdText(tile, asking({ kind: 'caption' })),
      recordIdText(tile, asking({ prompt: 'How many ships are there?' })),
      recordIdText(tile, asking({ temperature: 0.7 })),
      recordIdText(tile, asking({ maxTokens: 64 })),
      recordIdText(tile, asking({ answer: { type: 'text' } })),
      recordIdText(tile, asking({ answer: null })),
      recordIdText(tile, { ...ASKED, model: 'other' }),
      recordIdText(tile, { ...ASKED, api: 'chatvlmllm' }),
      recordIdText(tile, seeing({ quality: 90 })),
      recordIdText(tile, seeing({ bands: [4, 3, 2] })),
      recordIdText(tile, seeing({ nodata: 0 })),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('a request id', () => {
  it('has the bytes that were sent in the place of the object', () => {
    expect(requestIdText('f'.repeat(64), ASKED)).toBe(JSON.stringify(['r1', 'f'.repeat(64), ...QUESTION]));
  });
});

describe('a holder of the budget', () => {
  it('is known by where its log is, so that two outputs never meet under one name', () => {
    const at = (prefix: string, lane = 'caption', strand = 0): string => holderId({ bucket: 'results', prefix }, lane, strand);
    expect(at('a/run=x/')).toBe('results/a/run=x/caption/0');
    expect(new Set([at('a/run=x/'), at('b/run=x/'), at('a/run=x/', 'vqa'), at('a/run=x/', 'caption', 1)]).size).toBe(4);
  });
});
