import { describe, expect, it } from 'vitest';
import { MADE_CONFIGURATION, madeSpec, writeMadeRun, type MadeRun } from '../../bench/made-run.ts';
import { madePages, withMadeListing, type MadeInput } from '../../bench/made-tiles.ts';
import { endedRuns } from '../../current/ended-runs.ts';
import { updateCurrent } from '../../current/update.ts';
import { compareUtf8 } from '../../domain/merge-order.ts';
import type { Plan } from '../../domain/plan.ts';
import { HOUR_MS } from '../../domain/units.ts';
import { makePlan } from '../../plan/plan.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import { MemoryStore } from '../support/memory-store.ts';

const OUTPUT = 's3://bench/plan/';
const FIRST = { runId: 'bench-0', startedAtMs: Date.parse('2026-03-01T00:00:00Z') };
const SECOND = { runId: 'bench-1', startedAtMs: Date.parse('2026-03-02T00:00:00Z') };
const CLOCK = { now: () => SECOND.startedAtMs, monotonicMs: () => 0, roll: () => 0, sleep: async () => undefined };
const { signal } = new AbortController();

function made(over: Partial<MadeRun> = {}): MadeRun {
  return { ...FIRST, tiles: [0, 200], askedBy: () => FIRST, failed: () => false, withParts: false, ...over };
}

function planOn(store: MemoryStore, input: MadeInput): Promise<Plan> {
  const listed = withMadeListing(store, input, { latencyMs: 0, counted: () => undefined });
  const stores = { input: () => listed, output: () => store };
  const registry = { isOpen: () => Promise.resolve(false) };
  const ports = { stores, registry, clock: CLOCK, configuration: MADE_CONFIGURATION, versions: {} };
  return makePlan(ports, { spec: madeSpec(OUTPUT), signal, progress: () => undefined });
}

describe('a made-up listing', () => {
  const keys = [...madePages({ tiles: 2_000, newEvery: 20, changedEvery: 100 })].flat().map(({ key }) => key);

  it('is in the order of its keys, each once', () => {
    expect(keys).toHaveLength(2_100);
    expect(keys.slice(1).every((key, at) => compareUtf8(keys[at] ?? '', key) < 0)).toBe(true);
  });

  it('comes in pages of a thousand', () => {
    const pages = [...madePages({ tiles: 2_000, newEvery: 20, changedEvery: null })];
    expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 100]);
  });
});

describe('a made-up run', () => {
  it('leaves a plan nothing to do', async () => {
    const store = new MemoryStore(['bench']);
    await writeMadeRun(store, OUTPUT, made());
    const { totals } = await planOn(store, { tiles: 200, newEvery: null, changedEvery: null });
    expect(totals).toMatchObject({ done: 200, owed: 0 });
  });

  it('leaves it what is new, what changed and what failed', async () => {
    const store = new MemoryStore(['bench']);
    await writeMadeRun(store, OUTPUT, made({ failed: (n) => n % 100 === 0 }));
    const { totals, estimate } = await planOn(store, { tiles: 200, newEvery: 20, changedEvery: 100 });
    expect(totals).toMatchObject({ new: 10, changed: 2, failed: 2, done: 196, owed: 14 });
    expect(estimate.services).toMatchObject([{ service: 'caption', jobs: 14, basis: 'measured' }]);
  });

  it('that has just ended leaves a plan of other tiles all of them, with its log and without', async () => {
    for (const withLogs of [true, false]) {
      const store = new MemoryStore(['bench']);
      await writeMadeRun(store, OUTPUT, made({ startedAtMs: SECOND.startedAtMs - HOUR_MS, withLogs }));
      const { totals, input } = await planOn(store, { from: 200, tiles: 300, newEvery: null, changedEvery: null });
      expect(input.tiles).toBe(100);
      expect(totals).toMatchObject({ new: 100, done: 0, owed: 100 });
      expect(store.calls.some(({ verb, key }) => verb === 'get' && key.includes('/_work/caption/'))).toBe(withLogs);
    }
  });

  it('has records that the current view takes, and copies that it does not', async () => {
    const store = new MemoryStore(['bench']);
    await writeMadeRun(store, OUTPUT, made({ withParts: true }));
    await writeMadeRun(store, OUTPUT, made({ ...SECOND, withParts: true, askedBy: (n) => (n === 7 ? SECOND : FIRST) }));
    const ports = { store, pointers: memoryPointers(store), clock: CLOCK, nonce: () => 'a1', signal, beat: () => undefined };
    const won: number[] = [];
    for (const run of await endedRuns(store, { bucket: 'bench', prefix: 'plan/' }))
      won.push((await updateCurrent(ports, run)).won);
    expect(won).toEqual([200, 1]);
  });
});
