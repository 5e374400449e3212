import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../schema/configuration.ts';
import { unfitServices } from '../../workers/fit.ts';

const LARGE = { baseUrl: 'https://a.example.org', gpusPerContainer: 2 };
const SMALL = { baseUrl: 'https://b.example.org' };

const configuration = (services: object) =>
  readConfiguration({ TILESCRIBE_SERVICES: 'f', TILESCRIBE_GPUS: '1' }, () => JSON.stringify({ services }));
const SENTENCE = /^Service caption needs 2 GPUs for one container of jobs, and the cap is 1 GPU\./u;

describe('a worker whose services', () => {
  it('all fit has nothing to warn of', () => {
    expect(unfitServices(configuration({ caption: SMALL, vqa: SMALL }))).toEqual([]);
  });

  it('are none starts, for it may have another role', () => {
    expect(unfitServices(configuration({}))).toEqual([]);
  });

  it('fit in part warns of those that do not, and does the work of the others', () => {
    expect(unfitServices(configuration({ caption: LARGE, vqa: SMALL }))).toEqual([
      { service: 'caption', refused: expect.stringMatching(SENTENCE) },
    ]);
  });

  it('do not fit at all does not start: no run could use it', () => {
    const start = (): unknown => unfitServices(configuration({ caption: LARGE }));
    expect(start).toThrow(expect.objectContaining({ kind: 'InvalidConfiguration', message: expect.stringMatching(SENTENCE) }));
  });
});
