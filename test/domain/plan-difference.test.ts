import { describe, expect, it } from 'vitest';
import type { Plan } from '../../domain/plan.ts';
import { planDifferences } from '../../domain/plan-difference.ts';
import { shownPlan } from '../support/shown-plan.ts';

const BEFORE = shownPlan();

/** @returns what is said of a plan of which this has changed. */
function changed(more: Partial<Plan>): string[] {
  return planDifferences(BEFORE, { ...BEFORE, digest: 'e'.repeat(64), ...more });
}

describe('between two plans', () => {
  it('nothing has changed where both ask the same, whatever it takes and whoever else has begun', () => {
    const { estimate } = BEFORE;
    const after = { ...BEFORE, made_at: '2026-01-03T00:00:00.000Z', open_runs: ['x'], estimate: { ...estimate, services: [] } };
    expect(planDifferences(BEFORE, after)).toEqual([]);
  });

  it.each([
    [1_210, 'The input has 1,210 tiles, 10 more than the 1,200 of the plan.'],
    [1_199, 'The input has 1,199 tiles, 1 fewer than the 1,200 of the plan.'],
    [1_200, 'The input still has 1,200 tiles, but some are other objects.'],
  ])('the input may have changed to %d tiles', (tiles, sentence) => {
    expect(changed({ input: { ...BEFORE.input, tiles, sha256: 'b'.repeat(64) } })).toEqual([sentence]);
  });

  it('runs may have ended, or be gone', () => {
    const [newest, oldest] = BEFORE.earlier_runs;
    if (newest === undefined || oldest === undefined) throw new Error('two runs');
    const earlier_runs = [{ ...newest, run_id: 'harbours-3' }, { ...oldest, state: 'complete' } as const];
    expect(changed({ earlier_runs })).toEqual([
      'Runs have ended since: harbours-3 (complete), harbours-1 (complete).',
      'Not there any more, or open again: harbours-2.',
    ]);
  });

  it('many runs are not all named', () => {
    const [newest] = BEFORE.earlier_runs;
    if (newest === undefined) throw new Error('a run');
    const more = Array.from({ length: 8 }, (_, n) => ({ ...newest, run_id: `r${n}` }));
    const [sentence] = changed({ earlier_runs: [...more, ...BEFORE.earlier_runs] });
    expect(sentence).toMatch(/r4 \(complete\) and 3 more\.$/u);
  });

  it('a service may have another model, and preparation another version', () => {
    const tasks = BEFORE.tasks.map((task) => ({ ...task, model: task.service === 'vqa' ? 'qwen-vqa-2' : task.model }));
    expect(changed({ tasks, versions: { ...BEFORE.versions, preparation: 'p2' } })).toEqual([
      'Service vqa is model qwen-vqa-2 now, qwen-vqa-special in the plan.',
      'Tiles are prepared in another way: version p2, p1 in the plan.',
    ]);
  });

  it('other tasks may be owed, some of them by name', () => {
    const tasks = BEFORE.tasks.map((task) =>
      task.task_id === 'caption' ? { ...task, states: { ...task.states, changed: 5, done: 1_178 }, owed: 20 } : task,
    );
    const reasons = BEFORE.reasons.map((reason) =>
      reason.state === 'changed' ? { ...reason, count: 5, samples: ['s3://imagery/tiles/b.tif', ...reason.samples] } : reason,
    );
    expect(changed({ tasks, reasons })).toEqual([
      'Task caption: owed 18 -> 20 (changed 3 -> 5, done 1,180 -> 1,178).',
      'Now changed (object), such as: s3://imagery/tiles/b.tif.',
    ]);
  });

  it('the spec may be read in another way', () => {
    expect(changed({ spec: { ...BEFORE.spec, image: { maxSide: 512 } } })).toEqual([
      'The spec means something else to this version of tilescribe than to the one that made the plan.',
    ]);
  });

  it('something is said even where no count differs', () => {
    expect(changed({})).toHaveLength(1);
  });
});
