import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EndedRun } from '../../current/ports.ts';
import { rebuildCurrent } from '../../current/rebuild.ts';
import { updateCurrent } from '../../current/update.ts';
import { EMPTY_VIEW, type CurrentView } from '../../domain/current.ts';
import { compareRecords } from '../../domain/merge-order.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import { Killed, MISHAPS, writeNumber } from '../activities/mishap.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { at, captionIn, emptyOutput, layRun, OUTPUT, OUTPUT_URI, portsOn, shipsIn, takenOverBy, type Laid } from './laid-run.ts';
import { pointerOf, recordsOf } from './viewed.ts';

const KEYS = ['a.tif', 'b.tif', 'c/1.tif', 'c/2.tif', '\uFF5E.tif', '\u{1F6A2}.tif', 'z'];

/** What a run did with a task of a tile: asked it so many minutes after its begin, took over the last answer, failed, or had no such tile. */
type Deed = number | 'takes over' | 'fails' | 'has not';

interface Plan {
  readonly began: number;
  readonly deeds: readonly Deed[];
  readonly indexed: boolean;
}

const DEED = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }) },
  { weight: 4, arbitrary: fc.constant<Deed>('takes over') },
  { weight: 1, arbitrary: fc.constant<Deed>('fails') },
  { weight: 2, arbitrary: fc.constant<Deed>('has not') },
);
const PLAN = fc.record({
  began: fc.integer({ min: 0, max: 40 }),
  indexed: fc.boolean(),
  deeds: fc.array(DEED, { minLength: KEYS.length * 2, maxLength: KEYS.length * 2 }),
});
const STEP = fc.record({
  runs: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  mishap: fc.option(
    fc.record({ kind: fc.constantFrom(...(Object.keys(MISHAPS) as (keyof typeof MISHAPS)[])), write: fc.nat(6) }),
  ),
  rebuilds: fc.boolean(),
});

type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

function recordBy(runId: string, place: number, minute: number): TileRecord {
  const key = KEYS[place % KEYS.length] ?? '';
  return place < KEYS.length ? captionIn(runId, key, minute) : shipsIn(runId, key, minute);
}

/** Runs take over what an earlier one has: of those that had an answer, any. */
function laidRuns(plans: readonly Plan[]): Laid[] {
  const runs: Laid[] = [];
  for (const [n, { began, deeds, indexed }] of plans.toSorted((a, b) => a.began - b.began).entries()) {
    const runId = `r${String(n).padStart(2, '0')}`;
    const records = deeds.flatMap((deed, place) => {
      if (deed === 'has not') return [];
      if (typeof deed === 'number') return [recordBy(runId, place, began + deed)];
      const here = recordBy(runId, place, began);
      if (deed === 'fails') return [{ ...here, status: 'failed' as const, error_code: 'timeout' as const }];
      const known = runs.flatMap(({ records: earlier }) =>
        earlier.filter((one) => one.status === 'ok' && compareRecords(one, here) === 0),
      );
      const taken = known.findLast(({ created_at }) => created_at <= at(began));
      return taken === undefined ? [] : [takenOverBy(runId, taken)];
    });
    runs.push({ runId, began, records, indexed });
  }
  return runs;
}

/** When an answer was last said to be one, as text that sorts; then who asked comes before who took over, and the smaller id. */
function rank(record: TileRecord, { began, runId }: Laid): string {
  const since = record.created_at > at(began) ? record.created_at : at(began);
  return `${since} ${record.warnings.length === 0 ? 'z' : 'a'} ${99 - Number(runId.slice(1))}`;
}

/** The reference: of every place the record of the highest rank. @returns answers by place. */
function newest(runs: readonly Laid[]): Record<string, string> {
  const best = new Map<string, { rank: string; answer: string }>();
  for (const run of runs) {
    for (const record of run.records.filter(({ status }) => status === 'ok')) {
      const place = `${record.key} ${record.task_id}`;
      const one = { rank: rank(record, run), answer: answerOf(record) };
      if (one.rank > (best.get(place)?.rank ?? '')) best.set(place, one);
    }
  }
  return Object.fromEntries([...best].map(([place, { answer }]) => [place, answer]));
}

function answerOf({ record_id, created_at, text }: TileRecord): string {
  return `${record_id} ${created_at} ${text}`;
}

function shown(store: MemoryStore, view: CurrentView): Record<string, string> {
  return Object.fromEntries(recordsOf(store, view).map((record) => [`${record.key} ${record.task_id}`, answerOf(record)]));
}

/** Pointers of which every version is kept. */
function kept(store: MemoryStore, versions: CurrentView[]): PointerStore {
  const pointers = memoryPointers(store);
  const replace: PointerStore['replace'] = async (place, bytes, etag) => {
    const result = await pointers.replace(place, bytes, etag);
    const now = pointerOf(store, OUTPUT_URI);
    if (now !== null) versions.push(now);
    return result;
  };
  return { read: (place) => pointers.read(place), replace };
}

/** The runs that begin last come first, one after the other. */
const LATEST: readonly Step[] = Array.from({ length: 18 }, (_, n) => ({ runs: [n + 6], mishap: null, rebuilds: false }));

/** Several at once; whom a mishap kills is gone. */
async function together(all: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(all);
  const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  expect(reasons.filter((reason) => !(reason instanceof Killed))).toEqual([]);
}

interface Scene {
  readonly plans: readonly Plan[];
  readonly steps: readonly Step[];
  readonly cutBytes: number;
}

async function staysRight({ plans, steps, cutBytes }: Scene): Promise<void> {
  const store = emptyOutput();
  const laid = laidRuns(plans);
  const runs = laid.map((run) => layRun(store, run));
  const versions: CurrentView[] = [];
  const ports = portsOn(store, { cutBytes, pointers: kept(store, versions) });
  const isRight = (): void => {
    const view = pointerOf(store, OUTPUT_URI) ?? EMPTY_VIEW;
    const seen = view.runs.map(({ run_id }) => run_id);
    expect(shown(store, view)).toEqual(newest(laid.filter(({ runId }) => seen.includes(runId))));
  };
  const update = (run: EndedRun): Promise<unknown> => updateCurrent(ports, run);
  const rebuild = (): Promise<unknown> => rebuildCurrent(ports, OUTPUT, { force: false, progress: () => undefined });
  for (const { runs: some, mishap, rebuilds } of steps) {
    if (mishap !== null) MISHAPS[mishap.kind](store, writeNumber(mishap.write));
    const updates = some.flatMap((n) => runs[n % runs.length] ?? []).map(update);
    await together(rebuilds ? [...updates, rebuild()] : updates);
    isRight();
  }
  store.hooks.clear();
  await Promise.all(runs.map(update));
  expect(pointerOf(store, OUTPUT_URI)?.runs.map(({ run_id }) => run_id)).toEqual(laid.map(({ runId }) => runId));
  isRight();
  for (const version of versions) recordsOf(store, version);
}

const CUT_BYTES = fc.constantFrom(1, 1_500, 3_000, 1_000_000);

describe('the current view', () => {
  test('has the newest answers of the runs it has seen, whoever updates it when, with whom, how often, and dies where', async () => {
    const plans = fc.array(PLAN, { minLength: 1, maxLength: 6 });
    const steps = fc.array(STEP, { minLength: 1, maxLength: 8 });
    await fc.assert(fc.asyncProperty(fc.record({ plans, steps, cutBytes: CUT_BYTES }), staysRight), { numRuns: 60 });
  });

  test('has them too where more runs began later than are read side by side', async () => {
    const plans = fc.array(PLAN, { minLength: 24, maxLength: 30 });
    const steps = fc.array(STEP, { minLength: 1, maxLength: 3 }).map((some) => [...LATEST, ...some]);
    await fc.assert(fc.asyncProperty(fc.record({ plans, steps, cutBytes: CUT_BYTES }), staysRight), { numRuns: 8 });
  });
});
