import { createHarvest, type Harvested } from '../../../activities/harvest/harvest.ts';
import { questionsOf, recordIdOf } from '../../../activities/harvest/question.ts';
import { createTakingsReader, readHarvest, takenRecords, type StrandTakings } from '../../../activities/takings.ts';
import type { OpenTask } from '../../../domain/log.ts';
import { inRun, PATHS, type RunPlace } from '../../../domain/layout.ts';
import { compareUtf8 } from '../../../domain/merge-order.ts';
import type { TileRecord } from '../../../domain/record.ts';
import { newStrand } from '../../../domain/strand.ts';
import type { Frozen, OwedTotals, Run, RunManifest, RunRef } from '../../../domain/run.ts';
import { NOTHING_HARVESTED } from '../../../domain/run.ts';
import { IGNORED_NONE, NO_FACTS, type Tile } from '../../../domain/tile.ts';
import { DAY_MS } from '../../../domain/units.ts';
import { runDocument } from '../../../schema/run.ts';
import { recordOf, RUN } from '../../report/fixture.ts';
import { FakeRegistry } from '../../support/fake-registry.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { gathered } from '../gathered.ts';
import { layManifest } from '../range-log.ts';
import { quiet, service } from '../run-fixture.ts';

/** Of every test: the store's own clock says when an object was written. */
export const NOW = Date.now();
const OUTPUT = 'harbours/';

export function placeOf(runId: string): RunRef {
  return { runId, bucket: 'results', prefix: `${OUTPUT}run=${runId}/` };
}

export function tileOf(key: string, etag = `e-${key}`): Tile {
  return { bucket: 'imagery', key, etag, size: 1, last_modified: null, version_id: null };
}

export function runOf(runId: string, over: Partial<Run> = {}): Run {
  const services = { caption: service('caption'), vqa: service('vqa') };
  const startedAt = new Date(NOW - DAY_MS).toISOString();
  return { ...RUN, runId, services, startedAt, ...over };
}

/** @returns the record that a run would have made of a tile's caption. */
export function captionOf(run: Run, tile: Tile, over: Partial<TileRecord> = {}): TileRecord {
  const [asked] = questionsOf(run);
  if (asked === undefined) throw new Error('nothing is asked');
  const at = { bucket: tile.bucket, key: tile.key, etag: tile.etag };
  const hash = { record_id: recordIdOf(tile, asked.asked) ?? '' };
  const created_at = new Date(NOW - DAY_MS).toISOString();
  return recordOf({ run_id: run.runId, ...at, ...hash, created_at, text: `${run.runId} saw ${tile.key}`, ...over });
}

/** A task of line 0 with a job in flight. */
export function inFlight(tile: Tile, callId: string | null, times: { beganAtMs: number; deadlineAtMs: number }): OpenTask {
  const watch = { polls: 0, nextPollAtMs: 0, pendingForMs: 0, failing: null, broken: 0, silent: 0 };
  const job = { n: 2, i: 0, callId, acceptedAtMs: callId === null ? null : times.beganAtMs, watch, ...times };
  const history = { attempts: 1, ambiguous: 0, expired: 0, empty: 0, timeout: 0, digests: [] };
  const place = { range: 0, line: 0, task: 'caption' };
  return { ...place, tile, facts: NO_FACTS, history, jobs: [job], ended: true, owedAtMs: null, replaces: null };
}

/** The output of several runs, and a harvest of it. */
export class HarvestWorld {
  readonly store = new MemoryStore(['imagery', 'results']);
  readonly registry = new FakeRegistry();
  readonly slept: number[] = [];
  readonly #frozen = new Map<string, Frozen>();
  readonly #runs = new Map<string, Run>();

  put(at: RunPlace, path: string, text: string): void {
    this.store.overwrite(inRun(at, path), text);
  }

  /** A run with its frozen input, in ranges of `rangeTiles`. */
  begin(run: Run, tiles: readonly Tile[], versions: Record<string, string> = {}): void {
    const sorted = tiles.toSorted((a, b) => compareUtf8(a.key, b.key));
    const ref = placeOf(run.runId);
    const count = Math.ceil(sorted.length / run.rangeTiles);
    const cut = Array.from({ length: count }, (_, range) => sorted.slice(range * run.rangeTiles, (range + 1) * run.rangeTiles));
    for (const [range, some] of cut.entries()) layManifest(this.store, { ref, range }, some);
    const ranges = cut.map(({ length: lines }) => ({ lines, bytes: 1, sha256: '' }));
    const frozen: Frozen = { schema_version: 1, inputs: sorted.length, ranges, ignored: IGNORED_NONE };
    this.put(ref, PATHS.frozen, JSON.stringify(frozen));
    this.put(ref, PATHS.run, JSON.stringify(runDocument(run, { specSha256: '', gpus: 2, versions })));
    this.#frozen.set(run.runId, frozen);
    this.#runs.set(run.runId, run);
  }

  /** A closed run: the records of its captions, and how it ended. */
  close(run: Run, records: readonly TileRecord[], ended: RunManifest['state'] | Partial<RunManifest> = 'cancelled'): void {
    const over = typeof ended === 'string' ? { state: ended } : ended;
    const ref = placeOf(run.runId);
    const sorted = records.toSorted((a, b) => compareUtf8(a.key, b.key));
    const folders = [PATHS.recordPart('caption', 0), PATHS.errorPart(0)].map((path, at) => ({
      path,
      lines: sorted.filter(({ status }) => (status === 'ok') === (at === 0)).map((record) => `${JSON.stringify(record)}\n`),
    }));
    for (const { path, lines } of folders) this.put(ref, path, lines.join(''));
    const parts = folders.map(({ path, lines }) => ({ path, bytes: 1, lines: lines.length, sha256: '' }));
    const totals = { inputs: 1, tasks: 1, expected: 1, ok: 1, failed: 0, skipped: 0, unfinished: 0 };
    const ended_at = new Date(NOW - DAY_MS / 2).toISOString();
    const head = {
      schema_version: 1,
      run_id: run.runId,
      dataset: 'harbours',
      state: 'complete',
      started_at: run.startedAt,
      ended_at,
    } as const;
    const rest = {
      ignored: IGNORED_NONE,
      harvest: NOTHING_HARVESTED,
      window_ended: false,
      owed: null,
      missing: [],
      parts,
      index: [],
    };
    const manifest: RunManifest = { ...head, ...totals, ...rest, ...over };
    this.put(ref, PATHS.manifest, JSON.stringify(manifest));
  }

  /** The end of a strand's log. */
  log(run: Run, tasks: readonly OpenTask[], records: readonly TileRecord[] = []): void {
    const state = { ...newStrand(0), tasks, slices: records.length > 0 ? { 0: [3] } : {} };
    const head = { kind: 'slice', n: 3, nonce: 'x', attempt: { execution: 1, turn: 1, attempt: 1 }, state };
    const lines = [head, ...records.map((record) => ({ range: 0, record }))].map((line) => `${JSON.stringify(line)}\n`);
    this.put(placeOf(run.runId), PATHS.logObject('caption', 0, 3), lines.join(''));
  }

  harvest(runId: string, nonce = 'first'): Promise<Harvested> {
    const known = <T>(map: ReadonlyMap<string, T>): T => map.get(runId) ?? this.#unknown(runId);
    const harvest = createHarvest({
      stores: this.store,
      clock: { now: () => NOW, monotonicMs: () => NOW, roll: () => 0, sleep: async (ms) => void this.slept.push(ms) },
      registry: this.registry,
      nonce: () => nonce,
      readRun: async () => known(this.#runs),
      readFrozen: async () => known(this.#frozen),
    });
    return harvest({ ref: placeOf(runId) }, quiet());
  }

  takings(runId: string, lane = 'caption'): Promise<StrandTakings> {
    return createTakingsReader(this.store)({ ref: placeOf(runId), lane, strand: 0, strands: 1 });
  }

  async owed(runId: string): Promise<OwedTotals | undefined> {
    return (await readHarvest(this.store, placeOf(runId))).owed;
  }

  records(runId: string, range = 0): Promise<TileRecord[]> {
    return gathered(takenRecords(this.store, placeOf(runId), range));
  }

  #unknown(runId: string): never {
    throw new Error(`no run ${runId}`);
  }
}
