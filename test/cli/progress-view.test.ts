import { describe, expect, it } from 'vitest';
import { createProgressView, unservedSentence } from '../../cli/progress-view.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { recordedScreen, type RecordedOptions } from '../support/recorded-screen.ts';
import { shownCluster, shownStatus } from '../support/shown-status.ts';

function watched(options: RecordedOptions = {}) {
  const recorded = recordedScreen(options);
  const counted: RunStatus[] = [];
  let nowMs = 1_000_000;
  const view = createProgressView({
    screen: recorded.screen,
    counted: (status) => Promise.resolve(void counted.push(status)),
    now: () => nowMs,
  });
  const later = (seconds: number): void => void (nowMs += seconds * 1_000);
  return { ...recorded, view, counted, later };
}

describe('in a pipe', () => {
  it('a line is printed when something changed, at most every 5 s', async () => {
    const { view, later, stdout } = watched();
    await view.seen(shownStatus(), []);
    later(1);
    await view.seen(shownStatus({ ok: 1_401 }), []);
    later(5);
    await view.seen(shownStatus({ ok: 1_402 }), []);
    later(60);
    await view.seen(shownStatus({ ok: 1_402 }), []);
    expect(stdout().match(/\d,\d+ ok/gu)).toEqual(['1,400 ok', '1,402 ok']);
  });

  it('listing the input is told on standard error, once it takes longer than 2 s', async () => {
    const { view, later, stdout, stderr } = watched();
    const listing = (inputs: number) => shownStatus({ state: 'enumerating', inputs, expected: 0 });
    await view.seen(listing(10), []);
    expect(stderr()).toBe('');
    later(3);
    await view.seen(listing(3_000), []);
    expect(stderr()).toContain('3,000 tiles so far');
    expect(stdout()).toBe('');
  });

  it('what activities wait for is told once', async () => {
    const { view, later, stderr } = watched();
    for (let n = 0; n < 3; n++) {
      await view.seen(shownStatus(), ['S3 cannot be reached.\u001B[2J']);
      later(10);
    }
    expect(stderr()).toBe('tilescribe: waiting: S3 cannot be reached.\n');
  });
});

describe('the tiles', () => {
  it('are told of once, as soon as they are counted', async () => {
    const { view, counted } = watched();
    await view.seen(shownStatus({ state: 'enumerating', expected: 0 }), []);
    expect(counted).toHaveLength(0);
    await view.seen(shownStatus(), []);
    await view.seen(shownStatus({ ok: 1_500 }), []);
    expect(counted).toHaveLength(1);
  });
});

describe('rate and ETA', () => {
  it('are those of what was seen here, once two looks differ', async () => {
    const { view, later, stdout } = watched({ terminal: true, columns: 200 });
    await view.seen(shownStatus({ ok: 0, failed: 0, skipped: 0, rate_per_s: null, eta_s: null }), []);
    later(10);
    await view.seen(shownStatus({ ok: 1_000, failed: 0, skipped: 0, rate_per_s: null, eta_s: null }), []);
    expect(stdout()).toContain('100.0 tasks/s, ETA 20 s');
  });
});

describe('what errors say', () => {
  const fingerprints = [shownCluster('out of memory', 50)];

  it('is redrawn with the rest at a terminal', async () => {
    const { view, stdout } = watched({ terminal: true, columns: 200 });
    await view.seen(shownStatus({ fingerprints }), []);
    expect(stdout()).toContain('  50 × out of memory (model_error, caption)\n  and 50 more\n');
  });

  it('is not repeated in a pipe', async () => {
    const { view, stdout, stderr } = watched();
    await view.seen(shownStatus({ fingerprints }), []);
    expect(stdout() + stderr()).not.toContain('out of memory');
  });
});

describe('trouble', () => {
  it('a server that is away is told once, and that it is back', async () => {
    const { view, stderr } = watched();
    view.away('Temporal at x cannot be reached.');
    view.away('Temporal at x cannot be reached.');
    await view.seen(shownStatus(), []);
    expect(stderr()).toBe(
      'tilescribe: Temporal at x cannot be reached. Trying again; the run goes on by itself.\ntilescribe: connected again.\n',
    );
  });

  it('whether anybody works is asked when nothing has moved for 5 s, every 10 s', async () => {
    const { view, later } = watched();
    expect(view.isStill()).toBe(false);
    later(6);
    expect(view.isStill()).toBe(true);
    view.unserved(['workflows', 'io', 'inference']);
    expect(view.isStill()).toBe(false);
    later(11);
    expect(view.isStill()).toBe(true);
    await view.seen(shownStatus(), []);
    expect(view.isStill()).toBe(false);
  });

  it.each([
    [['workflows', 'io', 'inference'], 'no worker is polling task queue tilescribe: start one with `tilescribe worker`'],
    [['inference'], 'no worker is polling task queue tilescribe-inference: start one with `tilescribe worker --role inference`'],
  ] as const)('without %j it says how to start one', (roles, sentence) => {
    expect(unservedSentence(roles)).toBe(sentence);
  });
});
