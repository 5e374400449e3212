import { balance } from '../../domain/balance.ts';
import { Failure } from '../../domain/failure.ts';
import { inRun, PATHS, s3Uri } from '../../domain/layout.ts';
import type { Frozen, OwedTotals, Run, RunManifest, RunRef } from '../../domain/run.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import type { ObjectStore, ObjectStores } from '../../ports/object-store.ts';
import type { TileRenderer } from '../../ports/tile-renderer.ts';
import { reportPage } from '../../report/page.ts';
import { type Report, reportOf } from '../../report/report.ts';
import { inputStore } from '../input-store.ts';
import { outputStore } from '../output-store.ts';
import type { Pulse } from '../pulse.ts';
import { putOnce } from '../put-once.ts';
import { jsonOf, readIfThere } from '../read-object.ts';
import { withS3Failures } from '../s3-failure.ts';
import { readHarvest } from '../takings.ts';
import { type Count, countParts } from './count.ts';
import { intoCurrent, type IntoCurrentPorts } from './into-current.ts';
import { thumbnailsOf } from './thumbnails.ts';

export interface FinalizeArgs extends RunRef {
  readonly state: 'complete' | 'cancelled';
  /** Its window ended before it had asked everything. */
  readonly cut?: true;
  /** ISO 8601; the workflow's own time, the same in every attempt. */
  readonly endedAt: string;
}

/** manifest.json without its lists, and whether `_SUCCESS` stands. */
export interface FinalizeResult extends Omit<RunManifest, 'parts' | 'missing' | 'harvest' | 'owed' | 'window_ended' | 'index'> {
  readonly success: boolean;
}

export interface FinalizePorts extends IntoCurrentPorts {
  readonly stores: ObjectStores;
  readonly readRun: (ref: RunRef) => Promise<Run>;
  readonly readFrozen: (ref: RunRef) => Promise<Frozen>;
  readonly renderer: TileRenderer;
}

const NOTHING_FROZEN: Frozen = { schema_version: 1, inputs: 0, ranges: [], ignored: IGNORED_NONE };

/** One finalizing: what it works with. */
interface Closing {
  readonly ports: FinalizePorts;
  readonly args: FinalizeArgs;
  readonly pulse: Pulse;
  readonly store: ObjectStore;
}

/** @returns what was frozen; nothing where the run was cancelled before it knew its input. */
async function frozenOf({ ports, args }: Closing): Promise<Frozen> {
  try {
    return await ports.readFrozen(args);
  } catch (error) {
    if (args.state === 'cancelled' && error instanceof Failure && error.kind === 'NotFound') return NOTHING_FROZEN;
    throw error;
  }
}

interface Found {
  readonly run: Run;
  readonly frozen: Frozen;
  readonly count: Count;
  readonly judged: OwedTotals | null;
}

function manifestOf(args: FinalizeArgs, { run, frozen, count, judged }: Found): RunManifest {
  const owed = { inputs: frozen.inputs, tasks: run.spec.tasks.length, state: args.state, ...(args.cut && { cut: args.cut }) };
  const { state, ...totals } = balance(owed, count.counted, count.flaws);
  return {
    schema_version: 1,
    run_id: run.runId,
    dataset: run.spec.dataset,
    state,
    started_at: run.startedAt,
    ended_at: args.endedAt,
    ...totals,
    ignored: frozen.ignored,
    harvest: count.harvest.totals(run),
    window_ended: args.cut === true,
    owed: judged,
    missing: state === 'failed' ? count.missing : [],
    parts: count.parts,
    index: count.index,
  };
}

async function page({ ports, pulse }: Closing, run: Run, report: Report): Promise<string> {
  const input = inputStore(ports.stores, run.spec.input);
  return reportPage(report, await thumbnailsOf({ input, renderer: ports.renderer, run, pulse }, report.samples));
}

async function keep({ store, args }: Closing, path: string, text: string): Promise<Uint8Array> {
  const bytes = Buffer.from(text);
  const put = await putOnce(store, inRun(args, path), bytes);
  return put === 'written' ? bytes : put.adopted;
}

/** Reports first, then the manifest: whoever sees manifest.json sees a closed run with all that belongs to it. */
async function writeManifest(closing: Closing): Promise<RunManifest> {
  const { store, args, pulse, ports } = closing;
  const [run, frozen] = await Promise.all([ports.readRun(args), frozenOf(closing)]);
  const recount = {
    store,
    ref: args,
    ranges: frozen.ranges.length,
    partial: args.state === 'cancelled',
    pulse,
    startedAt: run.startedAt,
  };
  const count = await countParts(recount);
  const { owed: judged = null } = await readHarvest(store, args);
  const manifest = manifestOf(args, { run, frozen, count, judged });
  const report = reportOf(run, manifest, count.tally);
  await keep(closing, PATHS.reportJson, `${JSON.stringify(report, null, 2)}\n`);
  await keep(closing, PATHS.reportHtml, await page(closing, run, report));
  const kept = await keep(closing, PATHS.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  return jsonOf(kept, s3Uri(inRun(args, PATHS.manifest))) as RunManifest;
}

/** @returns the manifest that closed the run, if it is closed. */
async function closedBy({ store, args }: Closing): Promise<RunManifest | null> {
  const at = inRun(args, PATHS.manifest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : (jsonOf(bytes, s3Uri(at)) as RunManifest);
}

async function closeRun(closing: Closing): Promise<FinalizeResult> {
  const manifest = (await closedBy(closing)) ?? (await writeManifest(closing));
  const {
    missing: _missing,
    parts: _parts,
    harvest: _harvest,
    owed: _owed,
    window_ended: _ended,
    index: _index,
    ...totals
  } = manifest;
  await intoCurrent(closing, manifest);
  const success = manifest.state === 'complete';
  if (success) await keep(closing, PATHS.success, '');
  return { ...totals, success };
}

/**
 * @returns the activity that closes a run: it reads back every part, draws the balance, writes reports and manifest,
 * puts the records into the current view and, last and only where all is there, writes `_SUCCESS`. A run that is closed stays as it was closed. It throws Failure.
 */
export function createFinalize(ports: FinalizePorts): (args: FinalizeArgs, pulse: Pulse) => Promise<FinalizeResult> {
  return (args, pulse) =>
    withS3Failures('output', () => closeRun({ ports, args, pulse, store: outputStore(ports.stores, args) }));
}
