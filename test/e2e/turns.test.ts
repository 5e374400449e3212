import { describe, test } from 'vitest';
import { eventsOf, extraJobs, turnsTaken } from './journal-reader.ts';
import { peaks } from './gpu-promise.ts';
import { brokenPromises } from './promises.ts';
import { printFigures, PROOF_MINUTES } from './proof-length.ts';
import { ADMITTED, openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { until } from './waiting.ts';

/** Eight run at once, and four more wait at the service so that no place is empty between two looks. */
const QUEUED = { slots: 8, inputsPerContainer: 12 };
const QUEUED_FIGURES = { inputsPerContainer: QUEUED.inputsPerContainer };

/** So many times longer captions take until what a test waits for has come, so that it comes on any machine. */
const HELD_UP = 4;

/** Seconds from the first job taken to the last one done. */
function makespan({ simulation }: Scene): number {
  const at = (name: 'accepted' | 'finished'): number[] => eventsOf(simulation.journal, name).map((event) => event.at_ms);
  return ((at('finished').at(-1) ?? 0) - (at('accepted')[0] ?? 0)) / 1_000;
}

/** Seconds that the jobs of a service take on one GPU, none of whose slots is ever empty. */
function workOf({ simulation }: Scene, service: string): number {
  const own = simulation.journal.events.filter((event) => event.service === service);
  const sum = (name: 'started' | 'finished'): number =>
    own.filter(({ event }) => event === name).reduce((total, event) => total + event.at_ms, 0);
  return (sum('finished') - sum('started')) / 1_000 / QUEUED.slots;
}

describe.concurrent('two services', () => {
  test('that fit alone and not together take turns, and never hold a second GPU', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { gpus: 1 });
    const { simulation } = scene;
    await putTiles(scene.bucket, 60);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'run'])).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec }, gpus: 1 })).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
    const turns = turnsTaken(simulation.journal.events);
    expect(new Set(turns)).toEqual(new Set(['caption', 'vqa']));
    expect(turns.length - 1, turns.join()).toBeLessThanOrEqual(2);
    printFigures({ what: 'turns', switches: turns.length - 1, ...peaks(simulation.journal.events, scene.figures) });
  });

  test('whose front ends hold a GPU too: an open request counts as any other input', PATIENT, async (context) => {
    const { expect } = context;
    const front = { httpHoldsGpu: true, httpInputs: 4 };
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: front, vqa: front },
      configured: { caption: front, vqa: front },
    });
    const { simulation } = scene;
    await putTiles(scene.bucket, 30);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'run'])).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
    expect(new Set(turnsTaken(simulation.journal.events))).toEqual(new Set(['caption', 'vqa']));
  });

  test('with unequal work: the longer one takes both GPUs once the other has been idle', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: {
        caption: { ...QUEUED, latency: { meanSeconds: 3, sdSeconds: 0.8 } },
        vqa: { ...QUEUED, latency: { meanSeconds: 0.5, sdSeconds: 0.15 } },
      },
      configured: { caption: QUEUED_FIGURES, vqa: QUEUED_FIGURES },
      variables: { TILESCRIBE_SLICE_SECONDS: '5' },
    });
    const { simulation } = scene;
    const tiles = PROOF_MINUTES > 0 ? 200 * PROOF_MINUTES : 60;
    await putTiles(scene.bucket, tiles);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    if (PROOF_MINUTES === 0) simulation.configure('caption', { slowdown: HELD_UP });
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await until(() => eventsOf(simulation.journal, 'finished').filter(({ service }) => service === 'vqa').length === tiles);
    simulation.configure('caption', { slowdown: 1 });
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
    const idleSince = eventsOf(simulation.journal, 'finished').findLast(({ service }) => service === 'vqa')?.at_ms ?? Infinity;
    const doubled = eventsOf(simulation.journal, 'accepted').filter(
      ({ inflight }) => (inflight ?? 0) > QUEUED.inputsPerContainer,
    );
    expect(doubled.length).toBeGreaterThan(0);
    const windowMs = (scene.figures['vqa']?.scaledownSeconds ?? Infinity) * 1_000;
    expect(doubled.filter(({ service, at_ms: at }) => service !== 'caption' || at < idleSince + windowMs)).toEqual([]);

    const [caption, vqa] = [workOf(scene, 'caption'), workOf(scene, 'vqa')];
    const best = (caption + vqa) / 2 + windowMs / 1_000;
    const took = makespan(scene);
    const doubledAfter = ((doubled[0]?.at_ms ?? 0) - idleSince) / 1_000;
    printFigures({
      what: 'unequal work',
      caption,
      vqa,
      best,
      took,
      ratio: took / best,
      doubledAfter,
      ...peaks(simulation.journal.events, scene.figures),
    });
  });

  test('of which one gives its second GPU back: the other waits until that is really gone', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: { latency: { meanSeconds: 2.5, sdSeconds: 1.2 } } },
      variables: { TILESCRIBE_SLICE_SECONDS: '3' },
    });
    const { simulation } = scene;
    await putTiles(scene.bucket, 60);
    await scene.worker();
    const one = await scene.file('one.json', specOf(scene, { tasks: [{ id: 'c', kind: 'caption' }] }));
    const two = await scene.file('two.json', specOf(scene, { tasks: [{ id: 'v', kind: 'vqa', question: 'Ships?' }] }));
    simulation.configure('caption', { slowdown: HELD_UP });
    const run = await scene.start(['run', one, '--run-id', 'one']);
    await until(() => simulation.journal.events.some(({ inflight }) => (inflight ?? 0) > ADMITTED));
    simulation.configure('caption', { slowdown: 1 });
    const second = await scene.start(['run', two, '--run-id', 'two']);
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(await second.ended).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { one, two } })).toEqual([]);
  });
});
