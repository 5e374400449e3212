import { addCounted, type Counted, countedAs, type Flaws, NOTHING_COUNTED } from '../../domain/balance.ts';
import { Failure } from '../../domain/failure.ts';
import type { IndexPart } from '../../domain/index-line.ts';
import { inRun, PATHS, s3Uri } from '../../domain/layout.ts';
import type { Merged, Part, RunRef } from '../../domain/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { HarvestTally } from '../../report/harvest-tally.ts';
import { Tally } from '../../report/tally.ts';
import type { Pulse } from '../pulse.ts';
import { jsonOf, readIfThere } from '../read-object.ts';
import { watched } from '../watched.ts';
import { readBack } from './read-back.ts';

/** What the parts of some ranges hold, read back, and what their merges lacked. */
export interface Count {
  readonly counted: Counted;
  readonly flaws: Flaws;
  readonly missing: readonly string[];
  readonly parts: readonly Part[];
  readonly index: readonly IndexPart[];
  readonly tally: Tally;
  readonly harvest: HarvestTally;
}

/** Which ranges of which run. */
export interface Recount {
  readonly store: ObjectStore;
  readonly ref: RunRef;
  readonly ranges: number;
  /** The run was cancelled: ranges that were never begun have no parts. */
  readonly partial: boolean;
  readonly pulse: Pulse;
  /** Of the run, ISO 8601. */
  readonly startedAt: string;
}

const AT_ONCE = 4;
const BEAT_EVERY = 5_000;
const MISSING_KEPT = 1_000;

async function mergedOf({ store, ref, partial }: Recount, range: number): Promise<Merged | null> {
  const at = inRun(ref, PATHS.merged(range));
  const bytes = await readIfThere(store, at);
  if (bytes !== null) return jsonOf(bytes, s3Uri(at)) as Merged;
  if (partial) return null;
  throw new Failure('Internal', `${s3Uri(at)} is not there: the run ended before range ${range} was merged.`);
}

/** @returns null for a range of a cancelled run that has no parts. */
async function countRange(recount: Recount, range: number): Promise<Count | null> {
  const { store, ref, pulse } = recount;
  const merged = await mergedOf(recount, range);
  if (merged === null) return null;
  const tally = new Tally();
  const harvest = new HarvestTally(recount.startedAt);
  let counted = NOTHING_COUNTED;
  for (const part of merged.parts) {
    const watch = { pulse, every: BEAT_EVERY, details: (records: number) => ({ reading: part.path, records }) };
    for await (const record of watched(readBack({ store, ref, part }), watch)) {
      const heading = countedAs(record);
      counted = { ...counted, [heading]: counted[heading] + 1 };
      tally.add(record);
      harvest.add(record);
    }
  }
  const flaws = { missing: merged.missing_count, duplicates: merged.duplicates };
  return {
    counted,
    flaws,
    missing: merged.missing,
    parts: merged.parts,
    index: merged.index ? [merged.index] : [],
    tally,
    harvest,
  };
}

/** Adds a range to what was counted before it; the order of ranges decides which examples are kept. */
function joined(sum: Count, range: Count): Count {
  sum.tally.merge(range.tally);
  sum.harvest.merge(range.harvest);
  return {
    counted: addCounted(sum.counted, range.counted),
    flaws: {
      missing: sum.flaws.missing + range.flaws.missing,
      duplicates: sum.flaws.duplicates + range.flaws.duplicates,
    },
    missing: [...sum.missing, ...range.missing].slice(0, MISSING_KEPT),
    parts: [...sum.parts, ...range.parts],
    index: [...sum.index, ...range.index],
    tally: sum.tally,
    harvest: sum.harvest,
  };
}

/** @returns what stands in the parts of a run, a few ranges read at once. @throws Failure; ObjectStoreError */
export async function countParts(recount: Recount): Promise<Count> {
  const flaws = { missing: 0, duplicates: 0 };
  const [tally, harvest] = [new Tally(), new HarvestTally(recount.startedAt)];
  let sum: Count = { counted: NOTHING_COUNTED, flaws, missing: [], parts: [], index: [], tally, harvest };
  for (let first = 0; first < recount.ranges; first += AT_ONCE) {
    const ranges = Array.from({ length: Math.min(AT_ONCE, recount.ranges - first) }, (_, at) => first + at);
    const counts = await Promise.all(ranges.map((range) => countRange(recount, range)));
    for (const count of counts) sum = count === null ? sum : joined(sum, count);
  }
  return sum;
}
