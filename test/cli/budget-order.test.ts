import { describe, expect, it } from 'vitest';
import { changesOf, ordersOf, unusedServices, type SetOptions } from '../../cli/budget-order.ts';
import { EMPTY_BUDGET, ordered } from '../../domain/budget.ts';
import { budgetStatus } from '../../domain/budget-status.ts';
import { NO_OVERRIDES, withOrder } from '../../domain/figures.ts';

const SET = { gpus: 1, services: { caption: { inputsPerContainer: 8, maxContainers: null }, vqa: { httpInputs: 4 } } };

describe('the options of budget set', () => {
  it.each<[SetOptions, object]>([
    [{ gpus: 1 }, { gpus: 1 }],
    [{ gpus: 'unset' }, { gpus: null }],
    [
      { service: 'caption', inputsPerContainer: 8, maxContainers: null },
      { service: 'caption', figures: { inputsPerContainer: 8, maxContainers: null } },
    ],
    [
      { gpus: 3, service: 'vqa', scaledownSeconds: 0, httpInputs: 'unset' },
      { gpus: 3, service: 'vqa', figures: { scaledownSeconds: 0, httpInputs: 'unset' } },
    ],
  ])('%j', (options, order) => {
    expect(ordersOf(options, NO_OVERRIDES)).toEqual([order]);
  });

  it('take everything back, the cap as well', () => {
    const after = ordersOf({ unset: true }, SET).reduce(withOrder, SET);
    expect(after).toEqual(NO_OVERRIDES);
  });

  it('take back what was set of one service, and nothing else', () => {
    const after = ordersOf({ unset: true, service: 'caption' }, SET).reduce(withOrder, SET);
    expect(after).toEqual({ gpus: 1, services: { vqa: { httpInputs: 4 } } });
  });

  it('have nothing to take back where nothing is set', () => {
    expect(ordersOf({ unset: true }, NO_OVERRIDES)).toEqual([]);
  });

  it.each<[SetOptions, string]>([
    [{}, 'Nothing to set: give --gpus, --service with one of --inputs-per-container,'],
    [{ inputsPerContainer: 8 }, 'are figures of one service: name it with --service.'],
    [{ service: 'caption' }, '--service needs one of --inputs-per-container,'],
    [{ service: 'caption', gpus: 1 }, '--service needs one of --inputs-per-container,'],
    [{ unset: true, gpus: 1 }, 'give it without other values.'],
    [{ unset: true, service: 'caption', httpInputs: 1 }, 'give it without other values.'],
    [{ gpus: 0 }, 'This cannot be set: gpus is 0; expected a whole number from 1 to 1024.'],
  ])('%j is one clear sentence, exit 2', (options, sentence) => {
    const set = (): unknown => ordersOf(options, NO_OVERRIDES);
    expect(set).toThrow(expect.objectContaining({ kind: 'InvalidConfiguration', message: expect.stringContaining(sentence) }));
  });
});

describe('what has changed', () => {
  it('is told with what stood there before', () => {
    const after = { gpus: 2, services: { caption: { inputsPerContainer: 8, maxContainers: 1 }, ocr: { httpInputs: 4 } } };
    expect(changesOf(SET, after)).toEqual([
      { service: null, name: 'gpus', before: '1', after: '2' },
      { service: 'caption', name: 'maxContainers', before: 'none', after: '1' },
      { service: 'ocr', name: 'httpInputs', before: null, after: '4' },
      { service: 'vqa', name: 'httpInputs', before: '4', after: null },
    ]);
  });

  it('is nothing where it was so already', () => {
    expect(changesOf(SET, SET)).toEqual([]);
  });

  it('may be about a service that no run has used', () => {
    const budget = ordered(EMPTY_BUDGET, { service: 'captoin', figures: { httpInputs: 4 } }, 1_000);
    expect(unusedServices(budgetStatus(budget, 1_000))).toEqual(['captoin']);
  });
});
