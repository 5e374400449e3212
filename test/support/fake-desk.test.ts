import { describe, expect, it } from 'vitest';
import { leaseDeskContract } from '../contracts/lease-desk.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeDesk } from './fake-desk.ts';
import { configuredFor, idleReport } from './lease-report.ts';

const wall = { now: () => Date.now(), monotonicMs: () => 0, roll: () => 0, sleep: () => Promise.resolve() };

leaseDeskContract('the fake desk', () => Promise.resolve({ desk: new FakeDesk(wall), close: () => Promise.resolve() }));

const configured = configuredFor({ jobs: 2, http: 2, orphanMs: 100_000 });
const REPORT = idleReport({ holder: 'a', service: 'seer', configured, want: { jobs: 2, http: 2 } });

describe('the fake desk', () => {
  it('loses a reply after it has granted', async () => {
    const desk = new FakeDesk(new FakeClock());
    desk.loseReply();
    await expect(desk.report(REPORT)).rejects.toThrow('did not answer');
    expect(desk.charged('seer')).toBe(2);
  });

  it('delivers a report late, when its sender has long given up', async () => {
    const desk = new FakeDesk(new FakeClock());
    const late = desk.delay();
    await expect(desk.report(REPORT)).rejects.toThrow('did not answer');
    expect(desk.charged('seer')).toBe(0);
    expect(late.deliver().granted).toEqual({ jobs: 2, http: 2 });
  });

  it('holds a report or its reply on the way', async () => {
    const desk = new FakeDesk(new FakeClock());
    const there = desk.holdDelivery();
    const first = desk.report(REPORT);
    await there.reached;
    expect(desk.charged('seer')).toBe(0);
    there.release();
    await first;
    const back = desk.holdReply();
    const second = desk.report({ ...REPORT, seq: 2, want: { jobs: 1, http: 1 } });
    await back.reached;
    expect(desk.charged('seer')).toBe(1);
    back.release();
    expect((await second).granted.jobs).toBe(1);
  });

  it('keeps the places of a lease that nobody renewed until its jobs must be over', async () => {
    const clock = new FakeClock();
    const desk = new FakeDesk(clock);
    await desk.report(REPORT);
    await clock.advance(60_001);
    expect(desk.charged('seer')).toBe(2);
    await clock.advance(100_000);
    expect(desk.charged('seer')).toBe(0);
  });
});
