import { describe, expect, it } from 'vitest';
import { progressLine, slowly } from '../../cli/audit-view.ts';
import { recordedScreen } from '../support/recorded-screen.ts';

/** @returns what is shown of something that tells of itself every 100 ms, for so long. */
function shownFor(seconds: number, options: Parameters<typeof recordedScreen>[0]): { stdout: string; stderr: string } {
  const { screen, stdout, stderr } = recordedScreen(options);
  let now = 0;
  const tell = slowly(screen, () => now);
  for (; now < seconds * 1_000; now += 100) tell(() => `at ${now}`);
  return { stdout: stdout(), stderr: stderr() };
}

describe('progress', () => {
  it('is not shown of what takes less than two seconds', () => {
    expect(shownFor(2, { terminal: true })).toEqual({ stdout: '', stderr: '' });
  });

  it('is a live line at a terminal', () => {
    expect(shownFor(2.5, { terminal: true }).stdout).toContain('at 2400');
  });

  it('is a line on standard error every ten seconds in a pipe, and nothing under --json', () => {
    expect(shownFor(30, {})).toEqual({ stdout: '', stderr: 'at 2000\nat 12000\nat 22000\n' });
    expect(shownFor(30, { json: true })).toEqual({ stdout: '', stderr: '' });
  });

  it('says how far an audit is', () => {
    const progress = { range: 0, ranges: 4, records: 12_000, expected: 200_000, sources: 6_000 };
    expect(progressLine(progress)).toBe('auditing: 12,000 of 200,000 records, range 1 of 4, 6,000 sources looked at');
  });
});
