import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpusByContainers, gpusByRule, gpuSecondsHeld, peakGpus, type GpuFigures } from '../../../local/services/gpu-time.ts';
import { peaks, play, type Figure, type Load } from './support/virtual-platform.ts';

const FIGURE: Figure = {
  gpusPerContainer: 1,
  inputsPerContainer: 10,
  maxContainers: null,
  scaledownSeconds: 300,
  httpHoldsGpu: false,
  httpInputs: 10,
};

const both = (change: Partial<Figure> = {}): GpuFigures => ({ caption: { ...FIGURE, ...change }, vqa: { ...FIGURE, ...change } });
const caption = (inputs: number, from = 0, to = from + 30): Load => ({ service: 'caption', inputs, from, to });
const vqa = (inputs: number, from = 0, to = from + 30): Load => ({ service: 'vqa', inputs, from, to });
/** What a client does to a job or a health check on a front end. */
const http = (service: string, inputs: number, from = 0): Load => ({ service, pool: 'http', inputs, from, to: from + 1 });

const GPU_FRONT = both({ inputsPerContainer: 1, httpHoldsGpu: true });

const TABLE: readonly (readonly [name: string, figures: GpuFigures, loads: readonly Load[], gpus: number])[] = [
  ['10 captions and 10 questions on containers that admit 10', both(), [caption(10), vqa(10)], 2],
  ['11 captions and 1 question', both(), [caption(11), vqa(1)], 3],
  ['20 captions and nothing else', both(), [caption(20)], 2],
  ['20 captions until 60 s, a question at 359 s', both(), [caption(20, 0, 60), vqa(1, 359)], 3],
  ['20 captions until 60 s, a question at 361 s', both(), [caption(20, 0, 60), vqa(1, 361)], 2],
  [
    '16 and 16 where 16 are admitted, with one second at 17',
    both({ inputsPerContainer: 16 }),
    [caption(16, 0, 100), vqa(16, 0, 100), caption(1, 50, 51)],
    3,
  ],
  ['1 caption behind a front end that holds a GPU', GPU_FRONT, [http('caption', 1), caption(1)], 2],
  ['2 captions behind it', GPU_FRONT, [http('caption', 2), caption(2)], 3],
  ['1 caption and 1 question behind such front ends', GPU_FRONT, [http('caption', 1), caption(1), http('vqa', 1), vqa(1)], 4],
  [
    'health checks of both, a job 200 s later',
    GPU_FRONT,
    [http('caption', 1), http('vqa', 1), http('caption', 1, 200), caption(1, 200)],
    3,
  ],
  ['11 polls at once on one front end, 1 on the other', GPU_FRONT, [http('caption', 11), http('vqa', 1)], 3],
  ['500 and 500 where the platform is limited to one container each', both({ maxContainers: 1 }), [caption(500), vqa(500)], 2],
];

describe('the GPUs that a load holds', () => {
  it.each(TABLE)('%s: as the rule says and as the containers show', (...[, figures, loads, gpus]) => {
    expect(peaks(figures, loads)).toEqual({ byRule: gpus, byContainers: gpus });
  });

  it('of one service are at their peak never more by containers than by the rule', () => {
    const load = fc.record({
      inputs: fc.integer({ min: 1, max: 30 }),
      from: fc.nat(2_000),
      seconds: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(load, { maxLength: 8 }), (each) => {
        const loads = each.map(({ inputs, from, seconds }): Load => caption(inputs, from, from + seconds));
        const { byRule, byContainers } = peaks(both(), loads);
        expect(byContainers).toBeLessThanOrEqual(byRule);
      }),
    );
  });

  it('are counted in seconds from boot to scaledown', () => {
    const figures = both();
    const events = play(figures, [caption(11, 0, 60)]);
    expect(gpuSecondsHeld(gpusByContainers(events, figures), 1_000_000)).toBe(2 * 360);
    expect(gpuSecondsHeld(gpusByContainers(events, figures), 100_000)).toBe(2 * 100);
    expect(gpuSecondsHeld(gpusByRule(events, figures), 1_000_000)).toBe(2 * 360);
  });

  it('are none where nothing was asked', () => {
    expect(peakGpus(gpusByRule([], both()))).toEqual({ atMs: 0, gpus: 0 });
  });

  it('count several times where a container has several', () => {
    expect(peaks(both({ gpusPerContainer: 2 }), [caption(11)]).byRule).toBe(4);
  });
});
