import { describe, expect, it } from 'vitest';
import { lanesOf, rangeTiles } from '../../domain/run.ts';
import type { RunSpec, TaskSpec } from '../../domain/spec.ts';
import {
  BUDGET_WORKFLOW_ID,
  PAUSE_SIGNAL,
  RESUME_SIGNAL,
  SEARCH_ATTRIBUTES,
  STATUS_QUERY,
  TASK_QUEUES,
  WORKFLOW_TYPES,
} from '../../domain/temporal-names.ts';
import { SUBJECT } from './subjects.ts';

function task(id: string, service: string): TaskSpec {
  return { ...SUBJECT.task, id, service };
}
const spec: RunSpec = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/tiles/', requestPayer: false },
  output: { uri: 's3://results/harbours/' },
  tasks: [task('ships', 'vqa'), task('caption', 'caption'), task('docks', 'vqa')],
  image: SUBJECT.image,
  priority: 'interactive',
  failures: { maxPercent: 20 },
};

describe('the lanes of a run', () => {
  it('are its tasks by service, each with its strands', () => {
    const lanes = lanesOf(spec, (service) => (service === 'vqa' ? 2 : 1));
    expect(lanes.map(({ service, tasks, strands }) => [service, tasks.map(({ id }) => id), strands])).toEqual([
      ['vqa', ['ships', 'docks'], 2],
      ['caption', ['caption'], 1],
    ]);
  });

  it.each([
    [1, 25_000],
    [2, 25_000],
    [3, 16_666],
    [16, 3_125],
    [0, 25_000],
  ])('of %d tasks at the most have ranges of %d tiles', (tasks, tiles) => {
    const most = Array.from({ length: tasks }, (_, n) => task(`t${n}`, 'vqa'));
    expect(rangeTiles([{ tasks: most }, { tasks: [] }])).toBe(tiles);
  });
});

describe('names that programs outside rely on', () => {
  it('are those of the contract', () => {
    expect(TASK_QUEUES.workflows).toBe('tilescribe');
    expect(WORKFLOW_TYPES).toEqual({ run: 'tilescribeRun', budget: 'tilescribeBudget' });
    expect(BUDGET_WORKFLOW_ID).toBe('tilescribe-budget');
    expect([STATUS_QUERY, PAUSE_SIGNAL, RESUME_SIGNAL]).toEqual(['status', 'pause', 'resume']);
    expect(Object.values(SEARCH_ATTRIBUTES)).toEqual(['TilescribeDataset', 'TilescribeState', 'TilescribeTrigger']);
  });

  it('are different queues for different roles', () => {
    expect(new Set(Object.values(TASK_QUEUES)).size).toBe(3);
  });
});
