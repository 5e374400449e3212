import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLUSTER_BYTES } from '../../domain/clusters.ts';
import { rangesOfStrand } from '../../domain/cursor.ts';
import {
  haltAfter,
  lightened,
  loopsOf,
  nextStep,
  rangeReady,
  type LastSlice,
  type Orders,
  type StrandLoop,
} from '../../domain/strand-loop.ts';
import { shownCluster } from '../support/shown-status.ts';
import { haltOf, strandView } from './strand-views.ts';

const GO: Orders = { paused: false, cancelling: null, halt: null, closing: false };
const PAUSED: Orders = { ...GO, paused: true };
const CANCELLING: Orders = { ...GO, cancelling: { collect: true } };

function lastSlice(more: Partial<LastSlice> = {}): LastSlice {
  return { ...strandView(), slice: 1, passed: 0, done: false, waitMs: 0, ...more };
}
function loopWith(last: Partial<LastSlice> | null, more: Partial<StrandLoop> = {}): StrandLoop {
  return { lane: 'caption', strand: 0, turn: 1, mode: 'work', last: last && lastSlice(last), resumed: false, ...more };
}

describe('what a strand does next', () => {
  it('is to work, until it is done', () => {
    expect(nextStep(loopWith(null), GO)).toBe('work');
    expect(nextStep(loopWith({ inFlight: 9 }), GO)).toBe('work');
    expect(nextStep(loopWith({ done: true }), GO)).toBe('over');
    expect(nextStep(loopWith({ done: true }), CANCELLING)).toBe('over');
  });

  it('is nothing more where the workflow continues as new', () => {
    for (const orders of [GO, PAUSED, CANCELLING])
      expect(nextStep(loopWith({ inFlight: 9 }), { ...orders, closing: true })).toBe('over');
  });

  it.each([
    ['a pause', PAUSED],
    ['a halt', { ...GO, halt: haltOf('failures') }],
  ])('after %s is to collect what is in flight, to give the lease back, then to rest', (_name, orders) => {
    expect(nextStep(loopWith(null), orders)).toBe('rest');
    expect(nextStep(loopWith({ inFlight: 3 }), orders)).toBe('collect');
    expect(nextStep(loopWith({ inFlight: 0 }), orders)).toBe('collect');
    expect(nextStep(loopWith({ inFlight: 3 }, { mode: 'collect' }), orders)).toBe('collect');
    expect(nextStep(loopWith({ inFlight: 0 }, { mode: 'collect' }), orders)).toBe('rest');
    expect(nextStep(loopWith({ inFlight: 0 }, { mode: 'collect' }), GO)).toBe('work');
  });

  it('after a halt that lets nobody poll is to rest, whatever is in flight', () => {
    expect(nextStep(loopWith({ inFlight: 3 }), { ...GO, halt: haltOf('credentials', true) })).toBe('rest');
  });

  it('after a cancel is to collect while that is allowed and there is something, then to name the rest', () => {
    expect(nextStep(loopWith({ inFlight: 3 }), CANCELLING)).toBe('collect');
    expect(nextStep(loopWith({ inFlight: 0 }), CANCELLING)).toBe('abandon');
    expect(nextStep(loopWith(null), CANCELLING)).toBe('abandon');
    expect(nextStep(loopWith({ inFlight: 3 }), { ...GO, cancelling: { collect: false } })).toBe('abandon');
    expect(nextStep(loopWith({ inFlight: 3 }), { ...CANCELLING, halt: haltOf('gone') })).toBe('abandon');
    expect(nextStep(loopWith({ inFlight: 3 }), { ...CANCELLING, paused: true })).toBe('collect');
  });

  it('is to look for what a slice left in flight that died before it told its end', () => {
    for (const last of [null, { inFlight: 0 }]) {
      const loop = loopWith(last, { mode: 'collect', unheard: true });
      for (const orders of [PAUSED, CANCELLING, { ...GO, halt: haltOf('failures') }])
        expect(nextStep(loop, orders)).toBe('collect');
      expect(nextStep(loop, GO)).toBe('work');
      expect(nextStep(loop, { ...GO, halt: haltOf('credentials', true) })).toBe('rest');
      expect(nextStep(loop, { ...CANCELLING, halt: haltOf('gone') })).toBe('abandon');
      expect(nextStep(loop, { ...GO, cancelling: { collect: false } })).toBe('abandon');
    }
  });

  it('is never to submit while it is paused, halted, cancelled or closing', () => {
    const orders = fc.record({
      paused: fc.boolean(),
      cancelling: fc.option(fc.record({ collect: fc.boolean() })),
      halt: fc.option(fc.boolean().map((blind) => haltOf('gone', blind))),
      closing: fc.boolean(),
    });
    const last = fc.option(fc.record({ inFlight: fc.nat({ max: 3 }), done: fc.boolean() }));
    fc.assert(
      fc.property(orders, last, fc.constantFrom('work' as const, 'collect' as const, null), fc.boolean(), (...drawn) => {
        const [order, slice, mode, unheard] = drawn;
        const held = order.paused || order.cancelling !== null || order.halt !== null || order.closing;
        const step = nextStep(loopWith(slice, { mode, unheard }), order);
        expect(held && step === 'work').toBe(false);
        expect(order.cancelling === null && step === 'abandon').toBe(false);
      }),
    );
  });
});

describe('a halt', () => {
  it('is what a slice saw, and stays while slices only collect', () => {
    const halt = haltOf('gone');
    expect(haltAfter(loopWith(null), 'work', lastSlice({ halt }))).toBe(halt);
    expect(haltAfter(loopWith({ halt }), 'collect', lastSlice())).toBe(halt);
    expect(haltAfter(loopWith({ halt }), 'work', lastSlice())).toBeNull();
  });

  it('is over when the run was resumed meanwhile', () => {
    expect(haltAfter(loopWith(null, { resumed: true }), 'collect', lastSlice({ halt: haltOf('gone') }))).toBeNull();
  });
});

describe('a range', () => {
  const lanes = [
    { service: 'caption', strands: 3 },
    { service: 'vqa', strands: 1 },
  ];

  it('is ready when the strand of every lane that has it has passed it', () => {
    const loops = loopsOf(lanes);
    expect(loops.map(({ lane, strand }) => `${lane}/${strand}`)).toEqual(['caption/0', 'caption/1', 'caption/2', 'vqa/0']);
    expect(rangeReady(loops, lanes, 0)).toBe(false);
    const [first, , , vqa] = loops;
    if (first !== undefined) first.last = lastSlice({ passed: 1 });
    if (vqa !== undefined) vqa.last = lastSlice({ passed: 9 });
    expect([0, 1, 3].map((range) => rangeReady(loops, lanes, range))).toEqual([true, false, false]);
  });

  it('is ready exactly when it is among those passed by its strand', () => {
    const passedBy = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(passedBy, fc.integer({ min: 1, max: 40 }), (passed, ranges) => {
        const lane = [{ service: 'caption', strands: passed.length }];
        const loops = loopsOf(lane).map((loop, n) => ({ ...loop, last: lastSlice({ passed: passed[n] ?? 0 }) }));
        const done = passed.flatMap((count, strand) =>
          rangesOfStrand(ranges, { strand, strands: passed.length }).slice(0, count),
        );
        for (let range = 0; range < ranges; range += 1) expect(rangeReady(loops, lane, range)).toBe(done.includes(range));
      }),
    );
  });
});

describe('what passes through continue-as-new', () => {
  it('says in 4 KiB what the errors of all strands say, the most frequent of each', () => {
    const fingerprints = ['a', 'b', 'c'].map((letter, at) => shownCluster(letter.repeat(40), at + 1));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), (strands) => {
        const loops = lightened(Array.from({ length: strands }, (_, strand) => loopWith({ fingerprints }, { strand })));
        const kept = loops.map(({ last }) => last?.fingerprints ?? []);
        expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(CLUSTER_BYTES + strands);
        expect(kept.every(([first]) => first?.count === 3)).toBe(true);
      }),
    );
  });

  it('is all else of a strand, and nothing new', () => {
    const loops = [loopWith(null), loopWith({ inFlight: 3, halt: haltOf('gone') })];
    expect(lightened(loops)).toEqual(loops);
  });
});
