import { describe, expect, it } from 'vitest';
import { completeServices } from '../../../local/services/options.ts';
import { parseSimulationOptions } from '../../../local/services/parse.ts';

describe('the options of a simulation', () => {
  it('are all optional: a caption and a VQA service as the documents describe them', () => {
    const services = completeServices(parseSimulationOptions({}));
    expect([...services.keys()]).toEqual(['caption', 'vqa']);
    expect(services.get('caption')).toMatchObject({ model: 'qwen-caption-special', scaledownSeconds: 300, timeoutSeconds: 600 });
    expect(services.get('vqa')).toMatchObject({ model: 'qwen-vqa-special', answers: 'vqa', retentionSeconds: 604_800 });
  });

  it('keep what is given and complete the rest, by the kind of answers', () => {
    const options = parseSimulationOptions({ seed: 3, services: { ships: { answers: 'vqa', slots: 4, maxContainers: null } } });
    expect([...completeServices(options)]).toMatchObject([
      ['ships', { model: 'qwen-vqa-special', slots: 4, maxContainers: null }],
    ]);
  });

  it('are refused with every mistake named', () => {
    const wrong = {
      sed: 1,
      seed: -1,
      services: {
        caption: { slots: 0, latency: { meanSeconds: 1 }, httpHoldsGpu: 'false', faults: [{ probability: 2 }] },
        vqa: 7,
      },
    };
    const say = (): unknown => parseSimulationOptions(wrong);
    for (const mistake of [
      'sed: unknown; known are seed, journalFile, services.',
      'seed: expected a whole number of at least 0, not -1.',
      'services.caption.slots: expected a whole number of at least 1, not 0.',
      'services.caption.latency.sdSeconds: is missing.',
      'services.caption.httpHoldsGpu: expected true or false, not "false".',
      'services.caption.faults[0].fault: is missing.',
      'services.caption.faults[0].probability: expected a number from 0 to 1, not 2.',
      'services.vqa: expected an object with answers, ',
    ]) {
      expect(say).toThrow(mistake);
    }
  });

  it('are refused as a whole where they are no object', () => {
    expect(() => parseSimulationOptions([])).toThrow('options: expected an object with seed, journalFile, services, not [].');
  });
});
