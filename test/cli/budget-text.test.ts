import { describe, expect, it } from 'vitest';
import { budgetLines } from '../../cli/budget-text.ts';
import { PLAIN } from '../../cli/paint.ts';

const HOLDER = {
  holder: 'results/harbours/run=h-1/caption/0',
  run: 'h-1',
  priority: 'interactive',
  granted: { jobs: 24, http: 8 },
  in_flight: 20,
  ambiguous: 1,
  until: '2026-01-02T03:12:09.000Z',
  waiting_since: null,
};

describe('the budget', () => {
  it('that nobody uses says so', () => {
    const lines = budgetLines({ as_of: '2026-01-02T03:00:00.000Z', services: [] }, PLAIN);
    expect(lines).toEqual(['Nothing is held: no run uses a service, and no submit is without its answer.']);
  });

  it('shows who holds what until when, and why the limit is what it is', () => {
    const orphans = [
      { holder: 'x', places: 4, until: '2026-01-02T03:12:00.000Z', reason: 'submits without an answer' },
      { holder: 'y', places: 1, until: '2026-01-02T03:20:00.000Z', reason: 'lease expired' },
    ];
    const caption = {
      service: 'caption',
      ceiling: { jobs: 24, http: 8 },
      why: '1 of 2 GPUs x 24',
      charged: 25,
      holders: [HOLDER],
      orphans,
    };
    expect(budgetLines({ as_of: '2026-01-02T03:00:00.000Z', services: [caption] }, PLAIN)).toEqual([
      'caption: 25 of 24 places in use, 8 HTTP',
      '  why: 1 of 2 GPUs x 24',
      '  RUN  STRAND     PRIORITY     GRANTED          IN FLIGHT        UNTIL',
      '  h-1  caption/0  interactive  24 jobs, 8 HTTP  20 + 1 in doubt  03:12 UTC',
      '  4 places held until 03:12 UTC by submits without an answer',
      '  1 place held until 03:20 UTC by jobs whose lease has expired',
    ]);
  });
});
