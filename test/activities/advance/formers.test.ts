import { describe, expect, it } from 'vitest';
import { formersNow } from '../../../activities/advance/formers.ts';
import { formerHolder, readFormerStrand, type FormerPlace } from '../../../activities/former-strand.ts';
import type { FormerHolder } from '../../../domain/harvest.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/units.ts';
import { systemClock } from '../../../adapters/clock.ts';
import { HarvestWorld, inFlight, NOW, placeOf, runOf, tileOf } from '../harvest/harvest-world.ts';

const OLD = runOf('old');
const TIMES = { beganAtMs: NOW - MINUTE_MS, deadlineAtMs: NOW + HOUR_MS };

/** A strand with one job, as the harvest read it, and a clock that is so much later. */
async function formerly(
  released: boolean,
  laterMs = 0,
): Promise<{ world: HarvestWorld; place: FormerPlace; former: FormerHolder }> {
  const world = new HarvestWorld();
  world.begin(OLD, [tileOf('a')]);
  world.log(OLD, [inFlight(tileOf('a'), 'fc-1', TIMES)]);
  const clock = { ...systemClock, now: () => Date.now() + laterMs };
  const place: FormerPlace = { store: world.store, clock, ref: placeOf('old'), lane: 'caption', strand: 0 };
  const { caption: service } = OLD.services;
  if (service === undefined) throw new Error('no service');
  const former = formerHolder(await readFormerStrand({ ...place, clock: systemClock }), {
    ref: placeOf('old'),
    service,
    released,
  });
  return { world, place, former };
}

describe('who may still be charged for what a closed run left', () => {
  it('is read again where its lease may have ended after its log was read', async () => {
    const { world, place, former } = await formerly(false, MINUTE_MS);
    world.log(OLD, []);
    const [now] = await formersNow(place, [former]);
    expect(former.jobs).toHaveLength(1);
    expect(now).toMatchObject({ holder: former.holder, jobs: [] });
    expect(now?.readAtMs).toBeGreaterThan(former.readAtMs);
  });

  it('stays as it was where the lease was given back, or the log is gone', async () => {
    const given = await formerly(true);
    given.world.log(OLD, []);
    expect(await formersNow(given.place, [given.former])).toEqual([given.former]);
    const gone = await formerly(false);
    for (const key of gone.world.store.keys('results', placeOf('old').prefix))
      gone.world.store.remove({ bucket: 'results', key });
    expect(await formersNow(gone.place, [gone.former])).toEqual([gone.former]);
  });

  it('is nobody once all deadlines are over', async () => {
    const { place, former } = await formerly(true, 2 * HOUR_MS);
    expect(await formersNow(place, [former])).toEqual([]);
  });
});
