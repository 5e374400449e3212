import { expect, test } from 'vitest';
import { createMerge } from '../../../activities/merge/merge.ts';
import { PATHS } from '../../../domain/layout.ts';
import type { TileRecord } from '../../../domain/record.ts';
import { captionOf, HarvestWorld, placeOf, runOf, tileOf } from '../harvest/harvest-world.ts';
import { layLog } from '../range-log.ts';
import { quiet } from '../run-fixture.ts';

test('a range holds what its strands recorded and what it took over, sorted together', async () => {
  const world = new HarvestWorld();
  const [old, run] = [runOf('old'), runOf('new')];
  const tiles = ['a', 'b', 'c'].map((name) => tileOf(`tiles/${name}`));
  world.begin(old, tiles);
  world.begin(run, tiles);
  world.close(
    old,
    tiles.filter(({ key }) => key !== 'tiles/b').map((tile) => captionOf(old, tile)),
  );
  await world.harvest('new');
  const record = captionOf(run, tileOf('tiles/b'));
  const end = layLog(world.store, { ref: placeOf('new'), lane: 'caption' }, [{ slice: 1, range: 0, record }]);
  const merge = createMerge({ stores: world.store, readRun: async () => run });
  const result = await merge({ ...placeOf('new'), range: 0, ends: [end], partial: true }, quiet());
  expect(result).toMatchObject({ ok: 3, duplicates: 0 });
  const text = world.store.text(`s3://results/${placeOf('new').prefix}${PATHS.recordPart('caption', 0)}`);
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TileRecord);
  expect(records.map(({ key, run_id }) => [key, run_id])).toEqual([
    ['tiles/a', 'new'],
    ['tiles/b', 'new'],
    ['tiles/c', 'new'],
  ]);
});
