import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietRuntime } from '../support/temporal-namespace.ts';
import { workflowBundle } from '../workflows/bundle.ts';
import { recordedHistories, type RecordedHistory } from './histories.ts';

/** @returns what replaying came to, by name of the history; null where nothing is wrong. */
async function replayed(histories: readonly RecordedHistory[]): Promise<Record<string, Error | null>> {
  const outcomes: Record<string, Error | null> = {};
  const options = { workflowBundle: await workflowBundle() };
  for (const { name, workflowId, history } of histories) {
    for await (const { error } of Worker.runReplayHistories(options, [{ workflowId, history }])) outcomes[name] = error ?? null;
  }
  return outcomes;
}

function withOtherActivity(recorded: RecordedHistory): RecordedHistory {
  const text = JSON.stringify(recorded.history).replace('"activityType":{"name":"merge"}', '"activityType":{"name":"melt"}');
  return { ...recorded, history: JSON.parse(text) as RecordedHistory['history'] };
}

describe('histories of released workflows', () => {
  const histories = recordedHistories();
  beforeAll(() => quietRuntime());

  it('are there, of runs and of the budget', () => {
    const ids = new Set(histories.map(({ workflowId }) => workflowId));
    expect([...ids].toSorted()).toEqual(
      expect.arrayContaining(['night-cancelled', 'night-continued', 'night-paused', 'tilescribe-budget']),
    );
  });

  it('are replayed by the workflows of today, event for event', async () => {
    const outcomes = await replayed(histories);
    expect(outcomes).toEqual(Object.fromEntries(histories.map(({ name }) => [name, null])));
  });

  it('are refused where a workflow would do something else today', async () => {
    const run = histories.find(({ workflowId }) => workflowId === 'night-paused');
    expect(run).toBeDefined();
    const [error] = Object.values(await replayed(run === undefined ? [] : [withOtherActivity(run)]));
    expect(error).toBeInstanceOf(DeterminismViolationError);
  });
});
