import { createEnumerate } from '../../activities/enumerate.ts';
import { createFinalize, type FinalizePorts } from '../../activities/finalize/finalize.ts';
import { createHarvest } from '../../activities/harvest/harvest.ts';
import { questionsOf, recordIdOf, type Question } from '../../activities/harvest/question.ts';
import { createFrozenReader, createRunReader } from '../../activities/load-run.ts';
import { readTilesArray } from '../../activities/manifest-reader.ts';
import { createMerge } from '../../activities/merge/merge.ts';
import { createOpenRun } from '../../activities/open-run.ts';
import { createTakingsReader } from '../../activities/takings.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { inRun, PATHS, runPlace } from '../../domain/layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Run, RunManifest, RunRef } from '../../domain/run.ts';
import type { Configuration } from '../../domain/service.ts';
import type { Tile } from '../../domain/tile.ts';
import { SECOND_MS } from '../../domain/units.ts';
import { makePlan } from '../../plan/plan.ts';
import { parseSpec } from '../../schema/spec.ts';
import { layLog, type Committed } from '../activities/range-log.ts';
import { CONFIGURATION, quiet } from '../activities/run-fixture.ts';
import { RENDERER } from '../activities/finalize/merged-run.ts';
import { failedWith, recordOf } from '../report/fixture.ts';
import { FakeRegistry } from '../support/fake-registry.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import { MemoryStore } from '../support/memory-store.ts';

/** How a task of a tile ends: with an answer, or with an error code. */
export type Ending = ErrorCode | null;
export type Endings = (tile: Tile, task: string) => Ending;

export const SPEC = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/tiles/' },
  output: { uri: 's3://results/harbours/' },
  tasks: [
    { id: 'caption', kind: 'caption' },
    { id: 'ships', kind: 'vqa', question: 'How many ships?' },
  ],
};

const START = Date.parse('2026-03-01T00:00:00Z');

/** One output, and runs of it by the real activities; only the strands are told what the services answered. */
export class OutputWorld {
  readonly store = new MemoryStore(['imagery', 'results']);
  readonly registry = new FakeRegistry();
  now = START;
  configuration: Configuration = CONFIGURATION;
  /** Of runs that are opened; as many as in a real one unless set. */
  rangeTiles: number | null = null;
  /** Requests that strands would have made, one for each task that was not taken over. */
  asked: string[] = [];
  /** Of a worker that lives on from run to run. */
  readonly #harvest: ReturnType<typeof createHarvest>;
  #nonces = 0;

  constructor() {
    const { store: stores, registry } = this;
    const reading = { stores, readRun: createRunReader(stores), readFrozen: createFrozenReader(stores) };
    this.#harvest = createHarvest({ ...reading, registry, nonce: () => this.#nonce(), clock: this.#clock() });
  }

  tile(key: string, content: string): void {
    this.store.overwrite({ bucket: 'imagery', key: `tiles/${key}` }, content);
  }

  removeTile(key: string): void {
    this.store.remove({ bucket: 'imagery', key: `tiles/${key}` });
  }

  plan(over: object = {}): Promise<Plan> {
    const { store: stores, registry, configuration } = this;
    const ports = { stores, registry, configuration, versions: { tilescribe: '1' }, clock: this.#clock() };
    const spec = parseSpec({ ...SPEC, ...over });
    return makePlan(ports, { spec, signal: new AbortController().signal, progress: () => undefined });
  }

  /** Runs a spec to its end. */
  async run(runId: string, over: object = {}, endings: Endings = () => null): Promise<RunManifest> {
    const ref = await this.open(runId, over);
    await this.work(ref, endings);
    return this.finish(ref);
  }

  /** Opens a run, freezes its input, and takes over what it need not ask. */
  async open(runId: string, over: object = {}): Promise<RunRef> {
    const { store: stores, configuration } = this;
    const startedAt = new Date((this.now += SECOND_MS)).toISOString();
    const nonce = (): string => this.#nonce();
    await createOpenRun({ stores, configuration, versions: {}, nonce })({ spec: { ...SPEC, ...over }, runId, startedAt });
    const ref = { ...runPlace(SPEC.output.uri, runId), runId };
    this.registry.begin(runId);
    const reading = { stores, readRun: createRunReader(stores), readFrozen: createFrozenReader(stores) };
    const { rangeTiles } = this;
    const cut = async (of: RunRef): Promise<Run> => ({ ...(await reading.readRun(of)), ...(rangeTiles && { rangeTiles }) });
    await createEnumerate({ ...reading, readRun: cut })({ ref }, quiet());
    await this.#harvest({ ref }, quiet());
    return ref;
  }

  #nonce(): string {
    return `n${(this.#nonces += 1)}`;
  }

  /** What the strands do: every task that was not taken over ends. */
  async work(ref: RunRef, endings: Endings = () => null): Promise<void> {
    const [run, frozen] = [await createRunReader(this.store)(ref), await createFrozenReader(this.store)(ref)];
    const takings = createTakingsReader(this.store);
    for (const { service: lane } of run.lanes) {
      const { coverage } = await takings({ ref, lane, strand: 0, strands: 1 });
      const committed: Committed[] = [];
      for (const range of frozen.ranges.keys()) {
        for (const [line, tile] of (await readTilesArray(this.store, { ref, range })).entries()) {
          const mine = questionsOf(run).filter((question) => question.lane.service === lane);
          const open = mine.filter(({ at }) => (coverage.maskAt({ range, line }) & (1 << at)) === 0);
          for (const question of open)
            committed.push({ slice: 2, range, record: this.#record(run, { tile, question }, endings(tile, question.task.id)) });
        }
      }
      layLog(this.store, { ref, lane }, committed);
    }
  }

  /** Merges and closes a run whose strands are done. */
  async finish(ref: RunRef, state: 'complete' | 'cancelled' = 'complete'): Promise<RunManifest> {
    const { store: stores } = this;
    const reading = { stores, readRun: createRunReader(stores), readFrozen: createFrozenReader(stores) };
    const [run, frozen] = [await reading.readRun(ref), await reading.readFrozen(ref)];
    const ends = run.lanes.map(({ service: lane }) => ({ lane, strand: 0, n: this.#lastSlice(ref, lane) }));
    for (const range of frozen.ranges.keys())
      await createMerge(reading)({ ...ref, range, ends, partial: state === 'cancelled' }, quiet());
    const endedAt = new Date((this.now += SECOND_MS)).toISOString();
    await this.#finalize(reading)({ ...ref, state, endedAt }, quiet());
    this.registry.end(ref.runId);
    return JSON.parse(this.#text(ref, PATHS.manifest)) as RunManifest;
  }

  records(ref: RunRef, { parts }: RunManifest): TileRecord[] {
    const lines = parts.flatMap(({ path }) => this.#text(ref, path).split('\n').slice(0, -1));
    return lines.map((line) => JSON.parse(line) as TileRecord);
  }

  #finalize(reading: Pick<FinalizePorts, 'stores' | 'readRun' | 'readFrozen'>) {
    const pointers = () => memoryPointers(this.store);
    const nonce = (): string => this.#nonce();
    return createFinalize({ ...reading, renderer: RENDERER, pointers, nonce, clock: this.#clock() });
  }

  #lastSlice(ref: RunRef, lane: string): number {
    const keys = this.store.keys(ref.bucket, inRun(ref, PATHS.strandLog(lane, 0)).key);
    return Number(/(\d+)\.jsonl$/u.exec(keys.at(-1) ?? '')?.[1] ?? 0);
  }

  #record(run: Run, { tile, question }: { tile: Tile; question: Question }, ending: Ending): TileRecord {
    const { task, asked } = question;
    this.asked.push(`${run.runId} ${tile.key} ${task.id}`);
    const id = recordIdOf(tile, asked) ?? 'none';
    const { bucket, key, etag } = tile;
    const place = {
      run_id: run.runId,
      bucket,
      key,
      etag,
      task_id: task.id,
      kind: task.kind,
      record_id: id,
      call_id: `c-${run.runId}`,
      service: question.lane.service,
    };
    const created_at = new Date((this.now += 1)).toISOString();
    const failed = ending === null ? { text: `${key} ${etag} ${task.prompt}` } : failedWith(ending, 'It did not go well.');
    return recordOf({ ...place, prompt: task.prompt, model: asked.model, created_at, ...failed });
  }

  #text(ref: RunRef, path: string): string {
    const { bucket, key } = inRun(ref, path);
    return this.store.text(`s3://${bucket}/${key}`);
  }

  #clock() {
    return { now: () => this.now, monotonicMs: () => this.now, roll: () => 0, sleep: async () => undefined };
  }
}
