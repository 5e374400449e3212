import { inputStore } from '../activities/input-store.ts';
import { PATHS } from '../domain/layout.ts';
import type { Run, RunManifest, RunRef } from '../domain/run.ts';
import type { ObjectStores } from '../ports/object-store.ts';
import { Differences } from './differences.ts';
import { readDocuments, readManifest, type Documents, type Shelf } from './documents.ts';
import { listRun, rangesOf, type Listing } from './listing.ts';
import { auditRange } from './range.ts';
import { RecordRules } from './record-faults.ts';
import { Recount } from './recount.ts';
import { reportDifferences } from './report-totals.ts';
import { Sources } from './sources.ts';
import { totalsDifferences } from './totals.ts';

/** How far an audit is. */
export interface AuditProgress {
  readonly range: number;
  readonly ranges: number;
  readonly records: number;
  readonly expected: number;
  readonly sources: number;
}

/** How a run is audited. */
export interface AuditOptions {
  /** Look whether the tiles are still what they were. */
  readonly sources: boolean;
  /** Told for every record. */
  readonly progress: (progress: AuditProgress) => void;
}

/** What an audit found. */
export interface Audit {
  /** Null where manifest.json is damaged. */
  readonly manifest: RunManifest | null;
  readonly inputs: number;
  readonly records: number;
  readonly bytes: number;
  /** Tiles whose etag was compared; null where none was to be. */
  readonly sources: number | null;
  /** Records that name a job in flight when the run was cancelled. */
  readonly inFlight: number;
  /** Objects below `_work/`. */
  readonly work: number;
  readonly differences: Differences;
}

/** What an audit works with once the documents are read. */
interface Auditing {
  readonly shelf: Shelf;
  readonly documents: Documents & { readonly run: Run };
  readonly listing: Listing;
  readonly sources: Sources | null;
  readonly progress: AuditOptions['progress'];
}

async function auditRanges({ shelf, documents, listing, sources, progress }: Auditing): Promise<Recount> {
  const { manifest, run, frozen } = documents;
  const recount = new Recount(run.startedAt);
  // Cancelled before the input was known: what of the list was written is not frozen.
  const unknown = manifest.state === 'cancelled' && manifest.inputs === 0;
  const ranges = unknown ? [] : rangesOf(listing, manifest, frozen?.ranges.length ?? 0);
  for (const range of ranges) {
    const goesOn = (): void =>
      progress({
        range: range.range,
        ranges: ranges.length,
        records: recount.records,
        expected: manifest.expected,
        sources: sources?.checked ?? 0,
      });
    const proof = { store: shelf.store, run: shelf.ref, differences: shelf.differences, manifest, frozen };
    const tasks = run.spec.tasks.map(({ id }) => id);
    await auditRange({ ...proof, rules: new RecordRules(run), tasks, recount, sources, goesOn }, range);
  }
  await sources?.settle();
  return recount;
}

function tell(shelf: Shelf, documents: readonly string[], there: ReadonlySet<string>): void {
  for (const path of documents)
    if (!there.has(path)) shelf.differences.add({ kind: 'document', path, line: null, message: 'is not there.' });
}

/**
 * Proves a finished run anew from what stands in S3, and changes nothing there. What is wrong is in `differences`.
 * Memory does not grow with the run.
 * @throws Failure `NotFound` where the run has no manifest.json; ObjectStoreError where S3 refuses or is away
 */
export async function auditRun(stores: ObjectStores, ref: RunRef, options: AuditOptions): Promise<Audit> {
  const differences = new Differences();
  const shelf: Shelf = { store: stores.output({}), ref, differences };
  const manifest = await readManifest(shelf);
  const nothing = { manifest, inputs: 0, records: 0, bytes: 0, sources: null, inFlight: 0, work: 0, differences };
  if (manifest === null) return nothing;
  const documents = await readDocuments(shelf, manifest);
  const listing = await listRun({ store: shelf.store, run: ref, manifest, differences });
  tell(shelf, [PATHS.reportHtml], listing.documents);
  const { run, report } = documents;
  if (run === null) return { ...nothing, work: listing.work };
  const sources = options.sources ? new Sources(inputStore(stores, run.spec.input), differences) : null;
  const recount = await auditRanges({ shelf, documents: { ...documents, run }, listing, sources, progress: options.progress });
  const closing = { run, manifest, frozen: documents.frozen, listing, recount, differences };
  for (const difference of [...totalsDifferences(closing), ...reportDifferences(report, closing)]) differences.add(difference);
  const { inputs, records, bytes, inFlight } = recount;
  return { manifest, inputs, records, bytes, sources: sources?.checked ?? null, inFlight, work: listing.work, differences };
}
