import { describe, expect, it } from 'vitest';
import { otherRunsOf, type OtherRuns } from '../../activities/closed-runs.ts';
import { EndedRuns } from '../../activities/ended-runs.ts';
import { runPlace } from '../../domain/layout.ts';
import type { RunRef } from '../../domain/run.ts';
import { OutputWorld, SPEC } from '../plan/output-world.ts';

function placeOf(runId: string): RunRef {
  return { ...runPlace(SPEC.output.uri, runId), runId };
}

/** A worker, and an output in which two runs have ended and one goes on. */
class Scene {
  readonly world = new OutputWorld();
  readonly ended: EndedRuns;
  #seen = 0;

  constructor(most?: number) {
    this.ended = new EndedRuns(most);
  }

  async laid(): Promise<this> {
    this.world.tile('a.tif', 'a');
    for (const runId of ['r1', 'r2']) await this.world.run(runId);
    await this.world.open('r3');
    this.#seen = this.world.store.calls.length;
    return this;
  }

  search(runId = 'new'): Promise<OtherRuns> {
    const { store, registry } = this.world;
    return otherRunsOf({ store, ref: placeOf(runId), registry, ended: this.ended });
  }

  /** Objects that were asked for since the last time. */
  read(): string[] {
    const calls = this.world.store.calls.slice(this.#seen);
    this.#seen = this.world.store.calls.length;
    return calls.flatMap(({ verb, key }) => (verb === 'get' ? key.replace('harbours/', '') : [])).toSorted();
  }
}

const OF_R3 = ['run=r3/manifest.json', 'run=r3/run.json'];

describe('a worker that looks for the runs of an output again and again', () => {
  it('reads those that have ended once, and says the same of them each time', async () => {
    const scene = await new Scene().laid();
    const first = await scene.search('one');
    expect(scene.read()).toEqual(['r1', 'r2', 'r3'].flatMap((id) => [`run=${id}/manifest.json`, `run=${id}/run.json`]));
    const again = await scene.search('two');
    expect(scene.read()).toEqual(OF_R3);
    expect(again).toEqual(first);
    expect(again.closed.map(({ ref, manifest }) => [ref.runId, manifest?.run_id])).toEqual([
      ['r2', 'r2'],
      ['r1', 'r1'],
    ]);
  });

  it('finds that the one that went on has ended', async () => {
    const scene = await new Scene().laid();
    expect(await scene.search()).toMatchObject({ open: ['r3'] });
    await scene.world.work(placeOf('r3'));
    await scene.world.finish(placeOf('r3'));
    const { closed, open } = await scene.search();
    expect([closed.map(({ ref }) => ref.runId), open]).toEqual([['r3', 'r2', 'r1'], []]);
  });

  it('finds that one was terminated, which has no manifest, and looks each time whether it has one', async () => {
    const scene = await new Scene().laid();
    scene.world.registry.end('r3');
    for (const _ of [1, 2]) {
      expect((await scene.search()).closed[0]).toMatchObject({ ref: { runId: 'r3' }, manifest: null });
      expect(scene.read()).toEqual(expect.arrayContaining(OF_R3));
    }
  });

  it('does not find one whose folder was removed, nor mistakes what is made there later for it', async () => {
    const scene = await new Scene().laid();
    await scene.search();
    const { store } = scene.world;
    for (const key of store.keys('results', 'harbours/run=r1/')) store.remove({ bucket: 'results', key });
    expect((await scene.search()).closed.map(({ ref }) => ref.runId)).toEqual(['r2']);
    await scene.world.open('r1');
    expect((await scene.search()).open).toEqual(['r1', 'r3']);
  });

  it('passes over one that is damaged, and finds it once it was made good', async () => {
    const scene = await new Scene().laid();
    const at = { bucket: 'results', key: 'harbours/run=r1/manifest.json' };
    const manifest = scene.world.store.text(`s3://results/${at.key}`);
    scene.world.store.overwrite(at, '{');
    expect((await scene.search()).closed).toHaveLength(1);
    scene.world.store.overwrite(at, manifest);
    expect((await scene.search()).closed).toHaveLength(2);
  });

  it('reads each time what is more than it remembers', async () => {
    const scene = await new Scene(1).laid();
    const first = await scene.search();
    scene.read();
    expect(await scene.search()).toEqual(first);
    expect(scene.read()).toHaveLength(4);
  });
});
