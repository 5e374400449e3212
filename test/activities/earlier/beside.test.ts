import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Beside } from '../../../activities/earlier/beside.ts';
import { earlierRun, type EarlierRun } from '../../../activities/earlier/earlier-run.ts';
import { indexLineOf, type IndexLine, type IndexPart, type TileBound } from '../../../domain/index-line.ts';
import { inOutput, inRun, OUTPUT_PATHS, PATHS } from '../../../domain/layout.ts';
import type { TileRecord } from '../../../domain/record.ts';
import { NOTHING_HARVESTED, type RunManifest } from '../../../domain/run.ts';
import { IGNORED_NONE } from '../../../domain/tile.ts';
import { compareLocations } from '../../../domain/merge-order.ts';
import { failedWith } from '../../report/fixture.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { captionOf, placeOf, runOf, tileOf } from '../harvest/harvest-world.ts';

/** What became of a part of an index: its lines are there, or in the records, or nowhere. */
const FATES = ['sound', 'gone', 'damaged', 'lost'] as const;
type Fate = (typeof FATES)[number];

interface LaidPart {
  readonly tiles: readonly TileBound[];
  readonly fate: Fate;
}

interface LaidRun {
  readonly parts: readonly LaidPart[];
  /** It asks a question of its own kind. */
  readonly model: string;
  readonly failed: boolean;
  readonly etag: string;
  readonly atMs: number;
}

const KEYS = ['a/1', 'a/2', 'a/~', 'a0', 'b/1', 'b/ü', 'b/\uFF5E', 'b/🚢', 'c/1', '🚢/1'];
const TILES: readonly TileBound[] = KEYS.flatMap((key) => ['imagery', 'other'].map((bucket) => ({ key, bucket })));

const anyTiles = fc.subarray([...TILES], { minLength: 1 });
const anyRun = fc.record({
  tiles: anyTiles,
  cuts: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  fates: fc.array(fc.constantFrom(...FATES), { minLength: 20, maxLength: 20 }),
  model: fc.constantFrom('old', 'new'),
  failed: fc.boolean(),
  etag: fc.constantFrom('e1', 'e2'),
  atMs: fc.integer({ min: 1, max: 3 }),
});

function partsOf({ tiles, cuts, fates }: { tiles: readonly TileBound[]; cuts: readonly number[]; fates: readonly Fate[] }) {
  const left = tiles.toSorted(compareLocations);
  const parts: LaidPart[] = [];
  while (left.length > 0) {
    const taken = left.splice(0, cuts[parts.length % cuts.length]);
    parts.push({ tiles: taken, fate: fates[parts.length] ?? 'sound' });
  }
  return parts;
}

function textOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** An output with closed runs, and what was written of each. */
class Output {
  readonly store = new MemoryStore(['results']);
  readonly runs: EarlierRun[] = [];
  readonly lines: { readonly line: IndexLine; readonly run: number }[] = [];
  /** By path. */
  readonly bounds = new Map<string, readonly [TileBound, TileBound]>();

  add({ parts, model, failed, etag, atMs }: LaidRun): void {
    const at = this.runs.length;
    const runId = `r${String(at).padStart(3, '0')}`;
    const plain = runOf(runId);
    const service = plain.services['caption'];
    if (service === undefined) throw new Error('a service for captions');
    const run = { ...plain, services: { ...plain.services, caption: { ...service, model } } };
    const [listed, index]: [RunManifest['parts'][number][], IndexPart[]] = [[], []];
    for (const [range, { tiles, fate }] of parts.entries()) {
      const created_at = new Date(atMs).toISOString();
      const over = { created_at, ...(failed ? failedWith('timeout', 'Too late.') : {}) };
      const records = tiles.map(({ key, bucket }) => captionOf(run, { ...tileOf(key, etag), bucket }, over));
      listed.push(this.#records(runId, range, { records, fate }));
      index.push(this.#index(runId, range, { records, fate }));
      if (fate !== 'lost') this.lines.push(...records.map((record) => ({ line: indexLineOf(record), run: at })));
    }
    const counts = { inputs: 1, tasks: 1, expected: 1, ok: 1, failed: 0, skipped: 0, unfinished: 0 };
    const times = { started_at: run.startedAt, ended_at: run.startedAt };
    const rest = { ignored: IGNORED_NONE, harvest: NOTHING_HARVESTED, window_ended: false, owed: null, missing: [] };
    const head = { schema_version: 1, run_id: runId, dataset: 'harbours', state: 'complete' } as const;
    const manifest: RunManifest = { ...head, ...times, ...counts, ...rest, parts: listed, index };
    this.runs.push(earlierRun({ ref: placeOf(runId), run, manifest, strands: [] }));
  }

  #records(runId: string, range: number, { records, fate }: { records: TileRecord[]; fate: Fate }) {
    const failed = records[0]?.status !== 'ok';
    const path = failed ? PATHS.errorPart(range) : PATHS.recordPart('caption', range);
    this.store.overwrite(inRun(placeOf(runId), path), fate === 'lost' ? '{"key"' : textOf(records));
    return { path, bytes: 1, lines: records.length, sha256: '' };
  }

  #index(runId: string, range: number, { records, fate }: { records: TileRecord[]; fate: Fate }): IndexPart {
    const path = OUTPUT_PATHS.indexPart(runId, range);
    const at = inOutput(placeOf(runId), path);
    const text = textOf(records.map(indexLineOf));
    if (fate === 'sound') this.store.overwrite(at, text);
    else if (fate === 'damaged') this.store.overwrite(at, text.slice(1));
    const sha256 = createHash('sha256').update(text).digest('hex');
    const bound = (record?: TileRecord): TileBound => ({ key: record?.key ?? '', bucket: record?.bucket ?? '' });
    const [first, last] = [bound(records[0]), bound(records.at(-1))];
    this.bounds.set(at.key, [first, last]);
    return { path, range, bytes: 1, lines: records.length, sha256, first, last };
  }

  /** What is known of a tile, found the plain way: of each question about each object the newest answer, else failure. */
  known(tile: TileBound): string[] {
    const about = this.lines.filter(({ line }) => compareLocations(line, tile) === 0);
    const best = new Map<string, (typeof about)[number]>();
    for (const one of about) {
      const name = JSON.stringify([one.line.etag, this.runs[one.run]?.questions.get('caption')?.id]);
      const known = best.get(name);
      if (known === undefined || rank(one.line) > rank(known.line)) best.set(name, one);
    }
    return [...best.values()].map(({ line, run }) => shown({ ...line, runId: this.runs[run]?.ref.runId })).toSorted();
  }

  async found(tiles: readonly TileBound[]): Promise<string[][]> {
    const beside = new Beside(this);
    try {
      const found: string[][] = [];
      for (const tile of tiles) {
        const earlier = await beside.of(tile);
        found.push(earlier.map(({ run, etag, code, atMs }) => shown({ runId: run.ref.runId, etag, code, at: atMs })).toSorted());
      }
      return found;
    } finally {
      await beside.close();
    }
  }

  /** Parts of indexes that were asked for. */
  get read(): string[] {
    return this.store.calls.map(({ key }) => key).filter((key) => this.bounds.has(key));
  }

  /** Parts of indexes that one of these tiles could stand in. */
  within(tiles: readonly TileBound[]): string[] {
    const meets = ([first, last]: readonly [TileBound, TileBound]): boolean =>
      tiles.some((tile) => compareLocations(first, tile) <= 0 && compareLocations(tile, last) <= 0);
    return [...this.bounds].filter(([, bounds]) => meets(bounds)).map(([path]) => path);
  }
}

/** Answers before failures, and then the newer one. */
function rank({ code, at }: Pick<IndexLine, 'code' | 'at'>): number {
  return (code === null ? 1_000 : 0) + at;
}

function shown(of: { runId: string | undefined; etag: string | null; code: string | null; at: number }): string {
  return `${of.runId} ${of.etag} ${of.code} ${of.at}`;
}

function laid(tiles: readonly TileBound[], over: Partial<LaidRun> = {}): LaidRun {
  return { parts: [{ tiles, fate: 'sound' }], model: 'old', failed: false, etag: 'e1', atMs: 1, ...over };
}

function numbered(from: number, to: number): TileBound[] {
  return Array.from({ length: to - from }, (_, at) => ({ key: `n/${String(from + at).padStart(4, '0')}`, bucket: 'imagery' }));
}

describe('what closed runs recorded, beside the tiles of a new run', () => {
  it('is all that they recorded of each tile, whatever was skipped, damaged or lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRun, { maxLength: 40 }), anyTiles, async (runs, asked) => {
        const output = new Output();
        for (const one of runs) output.add({ ...one, parts: partsOf(one) });
        const tiles = asked.toSorted(compareLocations);
        expect(await output.found(tiles)).toEqual(tiles.map((tile) => output.known(tile)));
        expect(output.read.toSorted()).toEqual(output.within(tiles).toSorted());
      }),
      { numRuns: 60 },
    );
  });

  it('is the same of more runs than are read side by side, and of more than go to the disk together', async () => {
    const output = new Output();
    for (let nth = 0; nth < 300; nth += 1)
      output.add(laid(numbered(nth % 7, 12), { atMs: 1 + (nth % 50), failed: nth % 3 === 0 }));
    const tiles = numbered(0, 13);
    expect(await output.found(tiles)).toEqual(tiles.map((tile) => output.known(tile)));
    expect(output.read).toHaveLength(300);
  });

  it('is not read where nights have other tiles, whichever came first', async () => {
    const output = new Output();
    for (let night = 0; night < 40; night += 1) if (night !== 20) output.add(laid(numbered(night * 10, night * 10 + 10)));
    expect(await output.found(numbered(200, 210))).toEqual(Array.from({ length: 10 }, () => []));
    expect(output.read).toEqual([]);
    await output.found(numbered(209, 211));
    expect(output.read).toEqual(['harbours/current/_index/run=r020/part-00000.jsonl']);
  });
});
