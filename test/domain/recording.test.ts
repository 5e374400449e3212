import { describe, expect, it } from 'vitest';
import type { TileRecord } from '../../domain/record.ts';
import { recordOf, type Result, type Subject } from '../../domain/recording.ts';
import type { TaskSpec } from '../../domain/spec.ts';
import { NO_FACTS } from '../../domain/tile.ts';
import { RECORD } from '../../schema/record.ts';
import { sha256, SUBJECT } from './subjects.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function answering(text: string): Result {
  return { answer: { text, finishReason: 'stop', completionTokens: 4 }, callId: 'fc-1', latencyMs: 6_120 };
}
const record = (result: Result, subject: Subject = SUBJECT): TileRecord => recordOf(subject, result, { sha256, now: NOW });
const asked = (task: Partial<TaskSpec>): Subject => ({ ...SUBJECT, task: { ...SUBJECT.task, ...task } });
const failing: Result = { code: 'model_error', message: 'It failed.', callId: 'fc-2' };

describe('a record', () => {
  it.each([
    ['of an answer', record(answering('There are 3 ships.'))],
    ['of a failure', record(failing)],
    [
      'of a tile that could not be read',
      record({ code: 'missing', message: 'Gone.', callId: null }, { ...SUBJECT, facts: NO_FACTS }),
    ],
  ])('%s has every field of the contract, in its order, and nothing else', (_name, line) => {
    expect(RECORD.safeParse(line)).toMatchObject({ success: true });
    expect(Object.keys(line)).toEqual(Object.keys(RECORD.shape));
    expect(JSON.parse(JSON.stringify(line))).toEqual(line);
  });

  it('says what was asked, of what, and what came of it', () => {
    expect(record(answering('There are 3 ships.'))).toMatchObject({
      schema_version: 1,
      run_id: 'harbours-1',
      dataset: 'harbours',
      task_id: 'ships',
      kind: 'vqa',
      status: 'ok',
      error_code: null,
      error_message: null,
      uri: 's3://imagery/tiles/é 1.png',
      file_name: 'é 1.png',
      etag: 'abc',
      service: 'vqa',
      model: 'qwen-vqa-special',
      prompt: 'How many ships are visible?',
      text: 'There are 3 ships.',
      value: '3',
      finish_reason: 'stop',
      suspect_truncated: false,
      completion_tokens: 4,
      call_id: 'fc-1',
      attempts: 1,
      latency_ms: 6_120,
      result: null,
      created_at: '2026-01-02T03:04:05.678Z',
    });
  });

  it('has the ids of the contract: that of the question about the object, and that of the request', () => {
    const image = { format: 'jpeg', maxSide: 1024, minValidFraction: 0.05, quality: 85 };
    const prompt = 'How many ships are visible?';
    const question = ['vqa', 'qwen-vl', 'qwen-vqa-special', prompt, 128, 0, { type: 'integer' }, image, 'p1'];
    const { record_id, request_sha256 } = record(answering('3'));
    expect(record_id).toBe(sha256(JSON.stringify(['r1', 'imagery', 'tiles/é 1.png', 'abc', ...question])));
    expect(request_sha256).toBe(sha256(JSON.stringify(['r1', 'a'.repeat(64), ...question])));
  });

  it('has no time below 0 where the clock of another worker was ahead when the job was accepted', () => {
    expect(record({ ...answering('3'), latencyMs: -40 }).latency_ms).toBe(0);
  });

  it('has no request id when nothing was sent', () => {
    expect(record(failing, { ...SUBJECT, facts: NO_FACTS }).request_sha256).toBeNull();
  });

  it('keeps a file name that has no folder, and one that is odd', () => {
    const named = (key: string): string => record(failing, { ...SUBJECT, tile: { ...SUBJECT.tile, key } }).file_name;
    expect([named('a.tif'), named('../x/<img onerror>.tif'), named('a/b\nc')]).toEqual(['a.tif', '<img onerror>.tif', 'b\nc']);
  });
});

describe('the value of an answer', () => {
  it('is null with a warning where the text does not say it, beside the warnings of the tile', () => {
    const line = record(answering('There are no ships.'));
    expect(line).toMatchObject({ status: 'ok', value: null, text: 'There are no ships.' });
    expect(line.warnings).toEqual(['no_georeference', 'unparsed_answer']);
  });

  it('is null without a warning for text and for captions', () => {
    for (const answer of [{ type: 'text' } as const, null]) {
      expect(record(answering('3'), asked({ answer }))).toMatchObject({ value: null, warnings: ['no_georeference'] });
    }
  });

  it('is read by its declared type', () => {
    expect(record(answering('No, none.'), asked({ answer: { type: 'boolean' } })).value).toBe('false');
    expect(record(answering('Rural'), asked({ answer: { type: 'enum', values: ['urban', 'rural'] } })).value).toBe('rural');
  });

  it('comes with the suspicion that the text was cut off near its limit', () => {
    expect(record(answering('ships and ships and'), asked({ maxTokens: 5 })).suspect_truncated).toBe(true);
  });
});

describe('a record without an answer', () => {
  it('names the code, the reason and the job', () => {
    expect(record(failing, { ...SUBJECT, attempts: 3 })).toMatchObject({
      status: 'failed',
      error_code: 'model_error',
      error_message: 'It failed.',
      call_id: 'fc-2',
      attempts: 3,
      text: null,
      value: null,
      finish_reason: null,
      suspect_truncated: null,
      completion_tokens: null,
      latency_ms: null,
      warnings: ['no_georeference'],
    });
  });

  it('is skipped, not failed, where the tile is empty', () => {
    expect(record({ code: 'empty_tile', message: 'Empty.', callId: null })).toMatchObject({
      status: 'skipped',
      error_code: 'empty_tile',
    });
  });
});
