import { describe, expect, it } from 'vitest';
import { liveStatus, strandBeat, withBeats, type StrandBeat } from '../../domain/live.ts';
import { shownStatus } from '../support/shown-status.ts';

function beat(lane: string, ok: number, more: Partial<StrandBeat> = {}): StrandBeat {
  return { lane, strand: 0, ok, failed: 0, skipped: 0, errors: {}, in_flight: 4, ...more };
}

const AT_REST = shownStatus({ ok: 10, failed: 2, skipped: 0, in_flight: 7, errors: { model_error: 2 } });

describe('a live status', () => {
  it('adds what the slices under way have done since', () => {
    const beats = withBeats(new Map(), [
      beat('caption', 8),
      beat('vqa', 9, { failed: 3, errors: { model_error: 1, timeout: 2 } }),
    ]);
    expect(liveStatus(AT_REST, beats, [...beats.values()])).toMatchObject({
      ok: 17,
      failed: 3,
      in_flight: 8,
      errors: { model_error: 2, timeout: 2 },
    });
  });

  it('never counts back', () => {
    const beats = withBeats(new Map(), [beat('caption', 3)]);
    expect(liveStatus(AT_REST, beats, [beat('caption', 3)])).toMatchObject({ ok: 10, failed: 2 });
  });

  it('keeps what was heard of strands that rest', () => {
    const first = withBeats(new Map(), [beat('caption', 8), beat('vqa', 9)]);
    const then = withBeats(first, [beat('vqa', 12)]);
    expect(liveStatus(AT_REST, then, [beat('vqa', 12)]).ok).toBe(20);
  });

  it('is the status itself where no slice is under way, or the run has ended', () => {
    expect(liveStatus(AT_REST, new Map(), [])).toEqual(AT_REST);
    const ended = shownStatus({ state: 'complete', ok: 10 });
    expect(liveStatus(ended, withBeats(new Map(), [beat('caption', 99)]), [])).toBe(ended);
  });
});

it.each([
  null,
  'x',
  {},
  { lane: 'a', strand: -1, ok: 1, failed: 0, skipped: 0 },
  { lane: 'a', strand: 0, ok: '1', failed: 0, skipped: 0 },
])('details that are %j are none of a strand', (details) => {
  expect(strandBeat(details)).toBeNull();
});

it('the details of a strand are read', () => {
  expect(strandBeat({ ...beat('caption', 8), errors: { timeout: 1, odd: 'x' } })).toEqual(
    beat('caption', 8, { errors: { timeout: 1 } }),
  );
});
