import { describe, expect, it } from 'vitest';
import { Answers, type StrandName } from '../../../activities/advance/answers.ts';
import type { Given } from '../../../domain/given.ts';

const STRAND: StrandName = { run: { bucket: 'bucket', prefix: 'out/run=r1/', runId: 'r1' }, lane: 'seer', strand: 0 };

function given(text: string): Given {
  const answer = { text, finishReason: 'stop', completionTokens: 1 };
  return { answer, callId: 'fc-1', latencyMs: 1, sameAs: { uri: 's3://bucket/in/0.png', recordedAtMs: 1 } };
}

const many = (from: number, to: number, text = 'a ship'): Map<string, Given> =>
  new Map(Array.from({ length: to - from }, (_, at) => [`say/${from + at}`, given(text)]));

describe('the answers that a worker remembers', () => {
  it('are those of a run and a lane, whichever of its strands was answered', () => {
    const answers = new Answers();
    answers.keep(STRAND, 4, many(0, 1));
    expect(answers.of({ ...STRAND, strand: 3 }, 'say/0')).toEqual(given('a ship'));
    expect(answers.of({ ...STRAND, lane: 'other' }, 'say/0')).toBeUndefined();
    expect(answers.of({ ...STRAND, run: { ...STRAND.run, prefix: 'out/run=r2/' } }, 'say/0')).toBeUndefined();
  });

  it('say up to which slice of a strand they go, although a slice before comes late', () => {
    const answers = new Answers();
    expect(answers.heard(STRAND)).toBe(0);
    answers.keep(STRAND, 7, many(0, 1));
    answers.keep(STRAND, 4, many(1, 2));
    expect(answers.heard(STRAND)).toBe(7);
    expect(answers.heard({ ...STRAND, strand: 1 })).toBe(0);
  });

  it('are 10,000 at most: those that nobody asked for go first', () => {
    const answers = new Answers();
    answers.keep(STRAND, 1, many(0, 10_000));
    answers.of(STRAND, 'say/0');
    answers.keep(STRAND, 2, many(10_000, 10_002));
    expect(['say/0', 'say/1', 'say/2', 'say/3'].map((name) => answers.of(STRAND, name) === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('take 16 MiB at most, however long they are', () => {
    const answers = new Answers();
    const long = 'x'.repeat(1_000_000);
    answers.keep(STRAND, 1, many(0, 40, long));
    const kept = [...many(0, 40).keys()].filter((name) => answers.of(STRAND, name) !== undefined);
    expect(kept).toHaveLength(8);
    expect(kept[0]).toBe('say/32');
  });
});
