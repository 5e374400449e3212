import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../domain/errors.ts';
import { recordIdText, type Asked } from '../../domain/ids.ts';
import { isOwed, isRetried, judge, questionChanges, type Earlier, type NamedQuestion } from '../../domain/owed.ts';
import { RUN } from '../report/fixture.ts';

const [CAPTION] = RUN.spec.tasks as [(typeof RUN.spec.tasks)[0]];
const ASKED: Asked = { task: CAPTION, api: 'qwen-vl', model: 'qwen', image: RUN.spec.image, preparation: 'p1' };
const AT = { bucket: 'imagery', key: 'tiles/a.tif' };
const FINAL: readonly ErrorCode[] = ['unsupported_format', 'decode_failed', 'too_large', 'too_small', 'empty_tile'];
const PASSING: readonly ErrorCode[] = ['missing', 'changed', 'denied', 'archived', 'timeout', 'model_error', 'lost', 'cancelled'];

function named(asked: Asked): NamedQuestion {
  return { id: recordIdText({ bucket: '', key: '', etag: '' }, asked), asked };
}

function earlier(over: Partial<Omit<Earlier<string>, 'question'>> & { asked?: Asked } = {}): Earlier<string> {
  const { asked = ASKED, ...rest } = over;
  return { run: 'r', range: 0, taskId: 'caption', question: named(asked), etag: 'e1', code: null, atMs: 1, ...rest };
}

const WANTED = { tile: { etag: 'e1' }, taskId: 'caption', question: named(ASKED) };
const ANOTHER: Asked = { ...ASKED, task: { ...CAPTION, prompt: 'Another' } };

const anyAsked = fc
  .record({
    prompt: fc.constantFrom('a', 'b'),
    maxTokens: fc.constantFrom(64, 128),
    temperature: fc.constantFrom(0, 0.7),
    model: fc.constantFrom('m1', 'm2'),
    maxSide: fc.constantFrom(512, 1024),
    preparation: fc.constantFrom('p1', 'p2'),
  })
  .map(({ prompt, maxTokens, temperature, model, maxSide, preparation }): Asked => ({
    task: { ...CAPTION, prompt, maxTokens, temperature },
    api: 'qwen-vl',
    model,
    image: { ...RUN.spec.image, maxSide },
    preparation,
  }));
const anyEarlier = fc
  .record({
    asked: anyAsked,
    taskId: fc.constantFrom('caption', 'other'),
    etag: fc.constantFrom('e1', 'e2', null),
    code: fc.constantFrom(null, ...FINAL, ...PASSING),
    atMs: fc.integer({ min: 0, max: 9 }),
  })
  .map((one) => earlier(one));

describe('a task of a tile', () => {
  it.each([
    ['new', [], null],
    ['new', [earlier({ asked: { ...ASKED, task: { ...CAPTION, kind: 'vqa' } }, taskId: 'ships' })], null],
    ['done', [earlier()], null],
    ['done', [earlier({ taskId: 'another-name' })], null],
    ['done', [earlier({ code: 'timeout', atMs: 9 }), earlier()], null],
    ['failed', [earlier({ code: 'timeout' })], 'timeout'],
    ['failed', [earlier({ code: 'timeout' }), earlier({ code: 'lost', atMs: 2 })], 'lost'],
    ['failed', [earlier({ code: 'denied' }), earlier({ asked: ANOTHER })], 'denied'],
    ['changed', [earlier({ etag: 'e0' })], 'object'],
    ['changed', [earlier({ etag: 'e0', asked: ANOTHER })], 'object'],
    ['stale', [earlier({ asked: ANOTHER })], 'prompt'],
    ['stale', [earlier({ asked: { ...ASKED, model: 'newer' } })], 'model'],
    ['stale', [earlier({ asked: { ...ASKED, preparation: 'p0' } })], 'preparation'],
    ['stale', [earlier({ asked: { ...ASKED, task: { ...CAPTION, maxTokens: 7 } }, taskId: 'renamed' })], 'parameters'],
  ] as const)('is %s where earlier runs have %j', (state, records, reason) => {
    expect(judge(WANTED, records)).toMatchObject({ state, reason });
  });

  it('whose object nobody could read is failed, whatever the object is now, and asked again', () => {
    const judged = judge({ ...WANTED, tile: { etag: null } }, [earlier({ etag: null, code: 'missing' })]);
    expect(judged).toMatchObject({ state: 'failed', reason: 'missing' });
    expect(isOwed(judged, {})).toBe(true);
  });

  it('is done only where a record with the same id has an answer, and then always', () => {
    fc.assert(
      fc.property(anyAsked, fc.array(anyEarlier), fc.constantFrom('e1', 'e2', null), (asked, records, etag) => {
        const { state } = judge({ tile: { etag }, taskId: 'caption', question: named(asked) }, records);
        const id = recordIdText({ ...AT, etag }, asked);
        const answered = records.filter((one) => recordIdText({ ...AT, etag: one.etag }, one.question.asked) === id);
        expect(state === 'done').toBe(etag !== null && answered.some(({ code }) => code === null));
        expect(state !== 'failed' || answered.some(({ code }) => code !== null)).toBe(true);
        expect(state !== 'new' || records.every(({ taskId }) => taskId !== 'caption')).toBe(true);
      }),
    );
  });

  it('that is not owed has a record about the same question and object to be taken over', () => {
    fc.assert(
      fc.property(anyAsked, fc.array(anyEarlier), (asked, records) => {
        const judged = judge({ tile: { etag: 'e1' }, taskId: 'caption', question: named(asked) }, records);
        for (const asking of [{}, { retry: { codes: ['timeout'] } }] as const) {
          if (isOwed(judged, asking)) continue;
          expect(judged.earlier?.etag).toBe('e1');
          expect(judged.earlier?.question.id).toBe(named(asked).id);
        }
        expect(isOwed(judged, { all: true })).toBe(true);
      }),
    );
  });
});

describe('a failed task', () => {
  it('is retried for any of the codes with which it has failed, also where the last run failed otherwise', () => {
    const judged = judge(WANTED, [earlier({ code: 'timeout' }), earlier({ code: 'lost', atMs: 2 })]);
    const retried = (code: ErrorCode): boolean => isOwed(judged, { retry: { codes: [code] } });
    expect([retried('timeout'), retried('lost'), retried('denied')]).toEqual([true, true, false]);
  });

  it.each(FINAL)('is not asked again where the same object fails again: %s', (code) => {
    expect(isOwed(judge(WANTED, [earlier({ code })]), {})).toBe(false);
  });

  it.each(PASSING)('is asked again where it may go better: %s', (code) => {
    expect(isOwed(judge(WANTED, [earlier({ code })]), {})).toBe(true);
  });

  it('is retried by code or by class, and skipped tiles only by name', () => {
    expect(isRetried('timeout', {})).toBe(true);
    expect(isRetried('empty_tile', {})).toBe(false);
    expect(isRetried('empty_tile', { codes: ['empty_tile'] })).toBe(true);
    expect(isRetried('timeout', { codes: ['lost'] })).toBe(false);
    expect(isRetried('timeout', { codes: ['lost'], classes: ['service'] })).toBe(true);
  });
});

describe('what is different between two questions', () => {
  it('is said in words, all of it', () => {
    const other: Asked = {
      ...ASKED,
      model: 'm',
      image: { ...ASKED.image, quality: 9 },
      task: { ...CAPTION, prompt: 'x', maxTokens: 1 },
    };
    expect(questionChanges(ASKED, other)).toEqual(['prompt', 'parameters', 'preparation', 'model']);
    expect(questionChanges(ASKED, structuredClone(ASKED))).toEqual([]);
  });
});
