import { describe, expect, it } from 'vitest';
import { SERVICE_DEFAULTS, type ServiceFigures } from '../../domain/service.ts';
import { SimulatedNight } from './simulated-night.ts';

const INPUTS = 16;
const HOUR_S = 3_600;
/** The longest that whoever waits is told to stay away, s. */
const COME_BACK_S = 144;

/** Time that each service's work takes on one GPU, and the window of both, s. */
interface Work {
  readonly caption: number;
  readonly vqa: number;
  readonly window: number;
}

/** A job of the captions has its place for 6 s, one of VQA for 1 s, polls included; one strand each. */
function nightOf({ caption, vqa, window }: Work, { gpus = 2, vqaComesAtMs = 0 } = {}): SimulatedNight {
  const figures: ServiceFigures = { ...SERVICE_DEFAULTS, inputsPerContainer: INPUTS, scaledownSeconds: window };
  const work = [
    { name: 'caption/0', service: 'caption', jobs: Math.round((caption * INPUTS) / 6), jobMs: 6_000 },
    { name: 'vqa/0', service: 'vqa', jobs: Math.round(vqa * INPUTS), jobMs: 1_000, comesAtMs: vqaComesAtMs },
  ];
  return new SimulatedNight({ gpus, services: { caption: figures, vqa: figures }, work }).run();
}

/** One line of docs/performance.md: `TILESCRIBE_TEST_FIGURES=1 npx vitest run test/domain/unequal-work`. */
function show(name: string, night: SimulatedNight): void {
  if (process.env['TILESCRIBE_TEST_FIGURES'] === undefined) return;
  const { makespanSeconds, switches, journal } = night;
  const said = [name, `${Math.round(makespanSeconds)} s`, `${Math.round(journal.heldSeconds)} GPU s`, `switches ${switches}`];
  process.stdout.write(`${said.join(', ')}\n`);
}

const WORK: readonly (readonly [string, Work])[] = [
  ['6 h and 1 h', { caption: 6 * HOUR_S, vqa: HOUR_S, window: 300 }],
  ['1 h and 6 h', { caption: HOUR_S, vqa: 6 * HOUR_S, window: 300 }],
  ['3 h and 3 h', { caption: 3 * HOUR_S, vqa: 3 * HOUR_S, window: 300 }],
  ['60 s and 10 s', { caption: 60, vqa: 10, window: 2 }],
  ['60 s and 60 s', { caption: 60, vqa: 60, window: 2 }],
];

describe('captions and VQA that would take unequal times on one GPU each', () => {
  it.each(WORK)('%s: both at once, and then the other on both GPUs', (name, work) => {
    const night = nightOf(work);
    show(`two GPUs, ${name}`, night);
    expect(night.makespanSeconds).toBeLessThanOrEqual(1.1 * ((work.caption + work.vqa) / 2 + work.window));
    expect(night.journal.peakGpus).toBe(2);
    const oneEach = work.caption + work.vqa + 2 * work.window;
    expect(night.journal.heldSeconds).toBeLessThanOrEqual(1.02 * oneEach + work.window);
  });

  it('the one that comes later has its GPU as soon as the other can have given it back', () => {
    const window = 300;
    const night = nightOf({ caption: 3 * HOUR_S, vqa: HOUR_S, window }, { vqaComesAtMs: HOUR_S * 1_000 });
    show('two GPUs, 3 h and, an hour later, 1 h', night);
    const [first] = night.holders[1]?.granted.filter(({ jobs }) => jobs > 0) ?? [];
    const waitedSeconds = ((first?.atMs ?? Infinity) - night.startMs) / 1_000 - HOUR_S;
    expect(waitedSeconds).toBeLessThanOrEqual(120 + 1.1 * window + COME_BACK_S);
    expect(night.journal.peakGpus).toBe(2);
  });
});

describe('captions and VQA that have one GPU for both', () => {
  it.each(WORK)('%s: one after the other, with one switch', (name, work) => {
    const night = nightOf(work, { gpus: 1 });
    show(`one GPU, ${name}`, night);
    expect(night.journal.peakGpus).toBe(1);
    expect(night.switches).toBe(1);
    const lost = 1.1 * work.window + COME_BACK_S;
    expect(night.makespanSeconds).toBeLessThanOrEqual(1.01 * (work.caption + work.vqa) + lost);
  });
});
