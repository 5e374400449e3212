import { describe, expect, it } from 'vitest';
import { budgetLines, changeLines } from '../../cli/budget-text.ts';
import { PLAIN } from '../../cli/paint.ts';
import { EMPTY_BUDGET, ordered } from '../../domain/budget.ts';
import { budgetStatus, type BudgetStatus } from '../../domain/budget-status.ts';

const NOW = Date.parse('2026-01-02T03:00:00.000Z');
const EMPTY = budgetStatus(EMPTY_BUDGET, NOW);

const HOLDER = {
  holder: 'results/harbours/run=h-1/caption/0',
  run: 'h-1',
  priority: 'interactive',
  granted: { jobs: 24, http: 8 },
  in_flight: 20,
  ambiguous: 1,
  limit: null,
  until: '2026-01-02T03:12:09.000Z',
  waiting_since: null,
};
const CAPTION: BudgetStatus['services'][number] = {
  service: 'caption',
  ceiling: { jobs: 24, http: 8 },
  why: '1 x 1 GPU of 2 GPUs x 24 inputs per container',
  differs: [],
  set: {},
  gpus_held: 1,
  gpus_needed: 1,
  charged: 25,
  limit: null,
  holders: [HOLDER],
  orphans: [],
};

function shown(more: Partial<BudgetStatus>): string[] {
  const gpus = { cap: 2, why: 'as the workers are configured', held: 1, tonight: null };
  return budgetLines({ ...EMPTY, gpus, ...more }, PLAIN);
}
const ofCaption = (more: Partial<typeof CAPTION>): string[] => shown({ services: [{ ...CAPTION, ...more }] });

describe('the budget', () => {
  it('that nobody uses says so', () => {
    expect(budgetLines(EMPTY, PLAIN)).toEqual(['Nothing is held: no run uses a service, and no submit is without its answer.']);
  });

  it('shows who holds what until when, and why the limit is what it is', () => {
    const orphans = [
      { holder: 'y', places: 1, until: '2026-01-02T03:20:00.000Z', reason: 'lease expired' },
      { holder: 'z', places: 2, until: '2026-01-02T03:25:00.000Z', reason: 'lease given back' },
    ];
    expect(ofCaption({ orphans })).toEqual([
      "cap: 2 GPUs (as the workers are configured); 1 GPU held as of each holder's last report",
      'caption: 25 of 24 places in use, 8 HTTP, 1 GPU held',
      '  why: 1 x 1 GPU of 2 GPUs x 24 inputs per container',
      '  RUN  STRAND     PRIORITY     GRANTED          IN FLIGHT        UNTIL',
      '  h-1  caption/0  interactive  24 jobs, 8 HTTP  20 + 1 in doubt  03:12 UTC',
      '  1 place held until 03:20 UTC by jobs and unanswered submits whose lease has expired',
      '  2 places held until 03:25 UTC by jobs and submits without an answer of a run that ended, was paused or is halted',
    ]);
  });

  it('is short about a service that nobody uses', () => {
    const idle = { holders: [], charged: 0, gpus_held: 0, ceiling: { jobs: 0, http: 8 } };
    expect(ofCaption({ ...idle, set: { httpInputs: 4 } }).slice(1)).toEqual(['caption: idle', '  set by hand: httpInputs 4']);
    expect(ofCaption({ ...idle, why: 'nobody asks for it', gpus_held: 1 }).slice(1)).toEqual([
      'caption: 0 of 0 places in use, 8 HTTP, 1 GPU held',
      '  why: nobody asks for it',
      '  nobody holds a lease',
    ]);
  });

  it('shows since when a holder waits', () => {
    const waiting = {
      ...HOLDER,
      granted: { jobs: 0, http: 0 },
      in_flight: 0,
      ambiguous: 0,
      waiting_since: '2026-01-02T02:58:00.000Z',
    };
    expect(ofCaption({ holders: [waiting] }).at(-1)).toBe(
      '  h-1  caption/0  interactive  0 jobs, 0 HTTP  0          03:12 UTC, waiting since 02:58',
    );
  });

  it('shows the GPU time of the night, and that more is held than a cap that was lowered', () => {
    const tonight = { since: '2026-01-01T22:04:00.000Z', held_s: 12_000, busy_s: 10_680, idle_s: 1_320 };
    const gpus = { cap: 1, why: 'set by hand (`tilescribe budget set`)', held: 2, tonight };
    expect(shown({ gpus, services: [CAPTION] }).slice(0, 2)).toEqual([
      "cap: 1 GPU (set by hand (`tilescribe budget set`)); 2 GPUs held as of each holder's last report, more than the cap until what runs has ended",
      '  GPU time since 22:04 UTC: 3 h 20 min held, 2 h 58 min busy, 22 min idle',
    ]);
  });

  it('names a service that can do nothing under the cap as it is', () => {
    expect(ofCaption({ gpus_needed: 2 }).at(-1)).toBe(
      '  h-1  caption/0  interactive  24 jobs, 8 HTTP  20 + 1 in doubt  03:12 UTC',
    );
    expect(ofCaption({ gpus_needed: 3 }).at(-1)).toBe('caption needs 3 GPUs and the cap is 2: it waits until the cap is raised.');
  });

  it('shows where the service asked for less, what was set by hand, and where files differ', () => {
    const lines = ofCaption({
      limit: 8,
      set: { inputsPerContainer: 8, maxContainers: null },
      differs: ['gpus 2 and 1', 'httpInputs 8 and 4'],
    });
    expect(lines.slice(3, 6)).toEqual([
      '  limit: 8 places, as the service asked for less (429, 502, 503, 504 or no answer in time)',
      '  set by hand: inputsPerContainer 8, maxContainers none',
      "  workers' files differ, and of each figure the one that allows less holds: gpus 2 and 1, httpInputs 8 and 4",
    ]);
  });

  it('shows what was set of a service that no run has used', () => {
    const budget = ordered(EMPTY_BUDGET, { gpus: 1, service: 'ocr', figures: { httpInputs: 4 } }, NOW);
    expect(budgetLines(budgetStatus(budget, NOW), PLAIN)).toEqual([
      "cap: 1 GPU (set by hand (`tilescribe budget set`)); 0 GPUs held as of each holder's last report",
      'Nothing is held: no run uses a service, and no submit is without its answer.',
      'ocr: no run has used it yet',
      '  set by hand: httpInputs 4',
    ]);
  });

  it('shows who waits for budget', () => {
    const waiting = [
      { holder: 'out/run=h-9/vqa/0', run: 'h-9', service: 'vqa', priority: 'backfill', since: '2026-01-02T02:50:00.000Z' },
    ];
    expect(shown({ waiting }).slice(1)).toEqual([
      'waiting for budget: the budget has as many holders as it takes',
      '  RUN  STRAND  SERVICE  PRIORITY  SINCE',
      '  h-9  vqa/0   vqa      backfill  02:50 UTC',
    ]);
  });

  it('never lets a name of a run or a service write on the terminal', () => {
    const lines = ofCaption({ service: 'cap\u001B[2Jtion', holders: [{ ...HOLDER, run: 'h\n\u001B]0;x\u0007-1' }] });
    expect(lines.join('')).not.toContain('\u001B');
  });
});

describe('what was set', () => {
  it('is told with what stood there before, and when it takes effect', () => {
    const changes = [
      { service: null, name: 'gpus', before: null, after: '1' },
      { service: 'caption', name: 'inputsPerContainer', before: '12', after: '8' },
      { service: 'caption', name: 'maxContainers', before: 'none', after: null },
    ];
    expect(changeLines(changes, { ...EMPTY, services: [CAPTION] })).toEqual([
      'The cap is now 1 GPU (before: as the workers are configured).',
      'inputsPerContainer of caption is now 8 (before: 12, set by hand).',
      'maxContainers of caption is again as the workers are configured (before: none, set by hand).',
      'It takes effect with what is granted next, within one slice (15 to 120 s, or TILESCRIBE_SLICE_SECONDS); what is in flight is not touched.',
    ]);
  });

  it('says that no run has used the service, whose name may be written wrong', () => {
    const after = budgetStatus(ordered(EMPTY_BUDGET, { service: 'captoin', figures: { httpInputs: 4 } }, NOW), NOW);
    const change = { service: 'captoin', name: 'httpInputs', before: null, after: '4' };
    expect(changeLines([change], after)[1]).toBe('No run has used captoin yet: what is set holds for the first that does.');
  });

  it('is nothing where it was so already', () => {
    expect(changeLines([], EMPTY)).toEqual(['Nothing has changed: it was so already.']);
  });
});
