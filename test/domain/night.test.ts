import { describe, expect, it } from 'vitest';
import { LATE_BY_MS, nightPriority, windowEndMs } from '../../domain/night.ts';

const at = (iso: string): number => Date.parse(iso);
const KOLKATA = { timeZone: 'Asia/Kolkata', until: '06:00' };
/** 02:00 in Kolkata on the first of March. */
const NOMINAL = at('2026-02-28T20:30:00Z');
const END = at('2026-03-01T00:30:00Z');

describe('the window of a run', () => {
  it('ends at the first such time after the moment that the run stands for, however late it begins', () => {
    expect(windowEndMs(KOLKATA, { nominalMs: NOMINAL, startedMs: NOMINAL })).toBe(END);
    expect(windowEndMs(KOLKATA, { nominalMs: NOMINAL, startedMs: END - 60_000 })).toBe(END);
    expect(windowEndMs(KOLKATA, { nominalMs: NOMINAL, startedMs: END + 3_600_000 })).toBe(END);
  });

  it('is none for a run that makes up for a night long past', () => {
    expect(windowEndMs(KOLKATA, { nominalMs: NOMINAL, startedMs: END + LATE_BY_MS + 1 })).toBeNull();
    expect(nightPriority({ nominalMs: NOMINAL, startedMs: NOMINAL }, KOLKATA)).toBe('nightly');
    expect(nightPriority({ nominalMs: NOMINAL, startedMs: NOMINAL + 30 * 86_400_000 }, null)).toBe('backfill');
  });

  it('that is long over makes its run one behind everything else, however short ago it was due', () => {
    const overnight = { timeZone: 'UTC', until: '02:00' };
    const [nominalMs, startedMs] = [at('2026-11-20T22:00:00Z'), at('2026-11-21T19:03:00Z')];
    expect(windowEndMs(overnight, { nominalMs, startedMs })).toBeNull();
    expect(nightPriority({ nominalMs, startedMs }, overnight)).toBe('backfill');
    expect(nightPriority({ nominalMs, startedMs }, { timeZone: 'UTC' })).toBe('nightly');
    expect(nightPriority({ nominalMs, startedMs, told: true }, overnight)).toBe('nightly');
  });

  it('is none for a run that was told its moment when that window was over: it makes up for the night now', () => {
    const told = { nominalMs: NOMINAL, told: true };
    expect(windowEndMs(KOLKATA, { ...told, startedMs: END - 60_000 })).toBe(END);
    expect(windowEndMs(KOLKATA, { ...told, startedMs: END })).toBeNull();
  });

  it('has the hours that clocks show, also in the night in which they are changed', () => {
    const berlin = { timeZone: 'Europe/Berlin', until: '06:00' };
    const end = windowEndMs(berlin, { nominalMs: at('2026-03-29T00:30:00Z'), startedMs: at('2026-03-29T00:30:00Z') });
    expect(end).toBe(at('2026-03-29T04:00:00Z'));
  });

  it('ends where it is told to, or never', () => {
    const times = { nominalMs: NOMINAL, startedMs: NOMINAL };
    expect(windowEndMs({ timeZone: 'UTC', endsAt: '2026-03-01T05:00:00Z' }, times)).toBe(at('2026-03-01T05:00:00Z'));
    expect(windowEndMs({ timeZone: 'UTC' }, times)).toBeNull();
  });

  it('ends anew for a run that is handed the window of an earlier night', () => {
    const earlier = { ...KOLKATA, endsAt: '2026-02-20T00:30:00.000Z' };
    expect(windowEndMs(earlier, { nominalMs: NOMINAL, startedMs: NOMINAL })).toBe(END);
  });
});
