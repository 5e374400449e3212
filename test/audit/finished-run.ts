import { createHash } from 'node:crypto';
import { createFinalize } from '../../activities/finalize/finalize.ts';
import { tileLine } from '../../activities/manifest-reader.ts';
import { auditRun, type Audit } from '../../audit/audit.ts';
import { sentenceOf } from '../../audit/differences.ts';
import { inRun, PATHS } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import { recordOf, type Result } from '../../domain/recording.ts';
import type { Frozen, Part, Run, RunManifest } from '../../domain/run.ts';
import { IGNORED_NONE, NO_FACTS, type Tile } from '../../domain/tile.ts';
import type { TaskSpec } from '../../domain/spec.ts';
import { runDocument } from '../../schema/run.ts';
import { RENDERER, still } from '../activities/finalize/merged-run.ts';
import { layMerged, put, REF } from '../activities/merged-range.ts';
import { service } from '../activities/run-fixture.ts';
import { RUN } from '../report/fixture.ts';
import { viewing } from '../support/memory-pointers.ts';
import { MemoryStore } from '../support/memory-store.ts';

export const RANGES = [
  ['a.tif', 'b.tif', 'c.tif'],
  ['d.tif', 'e.tif', 'é.tif'],
];
export const AUDITED: Run = { ...RUN, services: { caption: service('caption'), vqa: service('vqa') } };
const SENT = createHash('sha256').update('a picture').digest('hex');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const ENDED_AT = '2026-03-01T03:00:00.000Z';
const CREATED = Date.parse('2026-03-01T02:00:00.000Z');

/** What becomes of a task; an answer unless told. */
export type Fate = (key: string, task: TaskSpec) => Result | null;

const answered: Fate = (key, { kind }) => ({
  answer: { text: kind === 'vqa' ? 'There are 3 ships.' : `A harbour, ${key}.`, finishReason: 'stop', completionTokens: 5 },
  callId: `call-${key}-${kind}`,
  latencyMs: 900,
});

/** One tile failed, one skipped: three folders of parts. */
export const VARIED: Fate = (key, task) => {
  if (key === 'b.tif') return { code: 'timeout', message: 'The job did not end.', callId: 'call-b' };
  return key === 'e.tif' ? { code: 'empty_tile', message: 'Nothing is valid.', callId: null } : answered(key, task);
};

/** One job was in flight, and a tile never begun. */
export const CUT_SHORT: Fate = (key, task) => {
  if (key === 'é.tif') return null;
  return key === 'e.tif' && task.id === 'ships'
    ? { code: 'cancelled', message: 'In flight.', callId: 'call-e' }
    : answered(key, task);
};

function recordsOf(tile: Tile, fate: Fate): TileRecord[] {
  return AUDITED.spec.tasks.flatMap((task) => {
    const result = fate(tile.key, task);
    const asked = AUDITED.services[task.service];
    if (result === null || asked === undefined) return [];
    const { runId, spec } = AUDITED;
    const facts = { ...NO_FACTS, sent_sha256: 'answer' in result ? SENT : null };
    const subject = { runId, dataset: spec.dataset, image: spec.image, task, service: asked, tile, facts, attempts: 1 };
    return [recordOf(subject, result, { sha256, now: CREATED })];
  });
}

async function frozenRange(store: MemoryStore, range: number, fate: Fate): Promise<Frozen['ranges'][number]> {
  const tiles: Tile[] = [];
  for (const key of RANGES[range] ?? []) {
    store.overwrite({ bucket: 'imagery', key }, `bytes of ${key}`);
    const { etag, sizeBytes } = await store.head({ bucket: 'imagery', key });
    tiles.push({ bucket: 'imagery', key, etag, size: sizeBytes, last_modified: null, version_id: null });
  }
  layMerged(store, { range, records: tiles.flatMap((tile) => recordsOf(tile, fate)) });
  const { path: _path, ...part } = put(store, PATHS.manifestPart(range), tiles.map(tileLine).join(''));
  return part;
}

/** @returns a store with a run that ended so, written by what closes real ones. */
export async function finishedRun(state: 'complete' | 'cancelled' = 'complete', fate: Fate = VARIED): Promise<MemoryStore> {
  const store = new MemoryStore(['imagery', 'results']);
  const ranges = [await frozenRange(store, 0, fate), await frozenRange(store, 1, fate)];
  const frozen: Frozen = { schema_version: 1, inputs: 6, ranges, ignored: { ...IGNORED_NONE, sidecar: 1 } };
  put(store, PATHS.frozen, JSON.stringify(frozen));
  put(store, PATHS.run, JSON.stringify(runDocument(AUDITED, { specSha256: 's', gpus: 2, versions: {} })));
  const finalize = createFinalize({
    stores: store,
    ...viewing(store),
    readRun: async () => AUDITED,
    readFrozen: async () => frozen,
    renderer: RENDERER,
  });
  await finalize({ ...REF, state, endedAt: ENDED_AT }, still());
  return store;
}

/** Audits the run. */
export async function audited(store: MemoryStore, sources = true): Promise<Audit> {
  return auditRun(store, REF, { sources, progress: () => undefined });
}

/** @returns what an audit found: `kind path line n: message`. */
export async function found(store: MemoryStore): Promise<string[]> {
  const { differences } = await audited(store);
  return differences.some(1_000).map((one) => `${one.kind} ${sentenceOf(one)}`);
}

export function textOf(store: MemoryStore, path: string): string {
  return store.text(`s3://${REF.bucket}/${REF.prefix}${path}`);
}

/** Changes an object of the run. */
export function edit(store: MemoryStore, path: string, change: (text: string) => string): Part {
  return put(store, path, change(textOf(store, path)));
}

/** Changes a part, and manifest.json so that it agrees: what only reading the lines finds. */
export function forge(store: MemoryStore, path: string, change: (lines: string[]) => string[]): void {
  const part = edit(store, path, (text) => `${change(text.trimEnd().split('\n')).join('\n')}\n`);
  editManifest(store, ({ parts, ...rest }) => ({ ...rest, parts: parts.map((one) => (one.path === path ? part : one)) }));
}

export function editManifest(store: MemoryStore, change: (manifest: RunManifest) => object): void {
  edit(store, PATHS.manifest, (text) => JSON.stringify(change(JSON.parse(text) as RunManifest)));
}

export function removeFrom(store: MemoryStore, path: string): void {
  store.remove(inRun(REF, path));
}

/** @returns a record's line with other fields. */
export function rewritten(line: string | undefined, over: Partial<TileRecord>): string {
  return JSON.stringify({ ...(JSON.parse(line ?? '') as TileRecord), ...over });
}
