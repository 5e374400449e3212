import { describe, expect, it } from 'vitest';
import { duplicates, jobsPerQuestion, pollsPerJob, responseTimesMs, utilisation } from '../../../local/services/analysis.ts';
import { Journal, parseJournal, type JournalEvent } from '../../../local/services/journal.ts';

const event = (at: number, name: JournalEvent['event'], more: Partial<JournalEvent> = {}): JournalEvent => ({
  at_ms: at * 1_000,
  service: 'caption',
  event: name,
  pool: 'jobs',
  ...more,
});

const job = (id: string, picture: string): Partial<JournalEvent> => ({ call_id: id, sent_sha256: picture, prompt: 'Describe.' });

const EVENTS: readonly JournalEvent[] = [
  event(0, 'accepted', job('a', 'one')),
  event(0, 'accepted', job('b', 'two')),
  event(2, 'started', job('a', 'one')),
  event(2, 'started', job('b', 'two')),
  event(4, 'restarted', job('b', 'two')),
  event(4, 'polled', { ...job('a', 'one'), status: 202 }),
  event(5, 'started', job('b', 'two')),
  event(6, 'accepted', job('c', 'one')),
  event(7, 'finished', job('a', 'one')),
  event(8, 'polled', { ...job('a', 'one'), status: 200 }),
  event(10, 'failed', job('b', 'two')),
];

describe('a journal', () => {
  it('counts jobs for each picture and prompt, and names what was asked twice', () => {
    expect([...jobsPerQuestion(EVENTS).values()]).toEqual([2, 1]);
    expect([...duplicates(EVENTS).keys()]).toEqual(['caption ["one","Describe."]']);
  });

  it('takes the same question to two services for two questions', () => {
    const twice = [event(0, 'accepted', job('a', 'one')), { ...event(0, 'accepted', job('b', 'one')), service: 'vqa' }];
    expect(duplicates(twice).size).toBe(0);
  });

  it('counts the polls of each job, none included', () => {
    expect(Object.fromEntries(pollsPerJob(EVENTS))).toEqual({ a: 2, b: 0, c: 0 });
  });

  it('times jobs from their acceptance to their end', () => {
    expect(responseTimesMs(EVENTS)).toEqual([7_000, 10_000]);
  });

  it('adds up what the slots did, the lost half of a preempted job included', () => {
    expect(utilisation(EVENTS, 'caption', 2)).toEqual({ busySeconds: 12, spanSeconds: 10, share: 0.6 });
    expect(utilisation(EVENTS, 'vqa', 2)).toEqual({ busySeconds: 0, spanSeconds: 0, share: 0 });
  });

  it('reads back what it wrote, but for a last line that is cut short', () => {
    const journal = new Journal();
    for (const each of EVENTS) journal.append(each);
    expect(parseJournal(journal.lines())).toEqual(EVENTS);
    expect(parseJournal(journal.lines(9).slice(0, -3))).toEqual([EVENTS[9]]);
  });
});
