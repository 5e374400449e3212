import type { Frozen, Run, RunRef } from '../../domain/run.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { SERVICE_DEFAULTS } from '../../domain/service.ts';
import type { InputSpec } from '../../domain/spec.ts';
import { PREP_VERSION, type Tile } from '../../domain/tile.ts';
import { parseSpec } from '../../schema/spec.ts';
import { createEnumerate, type Enumerated } from '../../activities/enumerate.ts';
import type { Pulse } from '../../activities/pulse.ts';
import type { ListQuery, ObjectFacts, ObjectStore } from '../../ports/object-store.ts';
import { MemoryStore } from '../support/memory-store.ts';

const PAGE = 7;

/** The two buckets of a run; listings come in pages of a few keys. */
export class RunStore extends MemoryStore {
  constructor() {
    super(['images', 'results']);
  }

  override input(): ObjectStore {
    const list = (query: ListQuery): AsyncIterable<readonly ObjectFacts[]> => this.smallPages(query);
    return {
      list,
      head: (at) => this.head(at),
      get: (at, options) => this.get(at, options),
      put: () => refuse(),
      upload: () => refuse(),
    };
  }

  /** @returns itself with these objects, whoever had them. */
  fill(bucket: string, keys: readonly string[], body = 'x'): this {
    for (const key of keys) this.overwrite({ bucket, key }, body);
    return this;
  }

  empty(bucket: string): this {
    for (const key of this.keys(bucket)) this.remove({ bucket, key });
    return this;
  }

  private async *smallPages(query: ListQuery): AsyncGenerator<readonly ObjectFacts[]> {
    for await (const page of this.list(query)) {
      for (let start = 0; start < page.length; start += PAGE) yield page.slice(start, start + PAGE);
    }
  }
}

function refuse(): never {
  throw new Error('nothing is ever written to the input');
}

/** @returns a store that holds these tiles. */
export function images(...keys: string[]): RunStore {
  return new RunStore().fill('images', keys);
}

/** @returns a pulse that nobody listens to. */
export function quiet(): Pulse {
  return { beat: () => {}, signal: new AbortController().signal };
}

export const REF: RunRef = { bucket: 'results', prefix: 'o/run=r1/', runId: 'r1' };

export function service(name: string, over: Partial<Service> = {}): Service {
  const model = `${name}-model`;
  return {
    ...SERVICE_DEFAULTS,
    name,
    api: 'qwen-vl',
    baseUrl: `https://${name}.example.org`,
    model,
    headers: {},
    insecure: false,
    assumed: [],
    ...over,
  };
}

export const CONFIGURATION: Configuration = { gpus: 2, services: [service('caption'), service('vqa')] };

/** @returns a run over `images` that cuts its manifest every `rangeTiles`. @param more of the spec's document. */
export function runOver(input: Partial<InputSpec>, rangeTiles = 5, more: object = {}): Run {
  const spec = parseSpec({
    dataset: 'd',
    input: { uri: 's3://images/t/', ...input },
    output: { uri: 's3://results/o/' },
    tasks: [{ id: 'caption', kind: 'caption' }],
    ...more,
  });
  return { runId: 'r1', spec, services: {}, lanes: [], rangeTiles, startedAt: '2026-01-01T00:00:00Z', preparation: PREP_VERSION };
}

export function enumerateOn(store: RunStore, run: Run, keepLines?: number): Promise<Enumerated> {
  const deps = { stores: store, readRun: async () => run };
  return createEnumerate(keepLines === undefined ? deps : { ...deps, keepLines })({ ref: REF }, quiet());
}

/** @returns the keys of each part of the manifest. */
export function manifestOf(store: RunStore): string[][] {
  return store.keys('results', 'o/run=r1/manifest/').map((key) => tilesIn(store, key).map((tile) => tile.key));
}

export function tilesIn(store: RunStore, part: string): Tile[] {
  const lines = store.text(`s3://results/${part}`).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Tile);
}

export function frozenOf(store: RunStore): Frozen {
  return JSON.parse(store.text('s3://results/o/run=r1/_work/frozen.json')) as Frozen;
}

/** @returns everything below the run, as text by key. */
export function everything(store: RunStore): Record<string, string> {
  return Object.fromEntries(store.keys('results').map((key) => [key, store.text(`s3://results/${key}`)]));
}
