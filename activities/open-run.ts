import { createHash } from 'node:crypto';
import { Failure } from '../domain/failure.ts';
import { inRun, PATHS, runPlace, s3Uri } from '../domain/layout.ts';
import { rangeTiles, type Lane, type Run, type RunRef } from '../domain/run.ts';
import { isRunId, RUN_ID_EXPECTED } from '../domain/run-id.ts';
import type { Configuration, Service } from '../domain/service.ts';
import { specIdentity, type Priority, type RunSpec } from '../domain/spec.ts';
import { PREP_VERSION } from '../domain/tile.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';
import { parseRun, runDocument } from '../schema/run.ts';
import { parseSpec, specDifferences } from '../schema/spec.ts';
import { inputStore } from './input-store.ts';
import { type FinishedRun, readFinished } from './open-run/finished.ts';
import { planLanes } from './open-run/lane-plan.ts';
import { specOfStart } from './open-run/spec-of-start.ts';
import { probeInput, probeOutput } from './open-run/probes.ts';
import { outputStore } from './output-store.ts';
import { putOnce } from './put-once.ts';
import { documentOf, readIfThere } from './read-object.ts';
import { readRetried } from './retried-run.ts';
import { withS3Failures } from './s3-failure.ts';

/** What openRun needs. */
export interface OpenRunDeps {
  readonly stores: ObjectStores;
  readonly configuration: Configuration;
  /** Of what makes the output (tilescribe, node, sharp), by name; preparation is added. */
  readonly versions: Readonly<Record<string, string>>;
  /** @returns a name that was never used before. */
  readonly nonce: () => string;
}

export interface OpenRunArgs {
  /** The run spec as it was written. */
  readonly spec: unknown;
  readonly runId: string;
  /** ISO 8601: the workflow's own start time. */
  readonly startedAt: string;
  /** ISO 8601: the time at which its schedule wanted it; absent where none did. */
  readonly scheduledAt?: string;
}

/** What the workflow needs to know of its run; below 4 kB. */
export interface OpenedRun {
  readonly ref: RunRef;
  readonly dataset: string;
  readonly priority: Priority;
  /** `tasks` is how many. */
  readonly lanes: readonly { readonly service: string; readonly strands: number; readonly tasks: number }[];
  readonly tasks: number;
  /** `s3://.../run=<id>/` */
  readonly output: string;
  /** When the run's window ends, ms; absent where it has none. */
  readonly windowEndsMs?: number;
  /** How the run ended where it ended before; null while it has not. */
  readonly finished: FinishedRun | null;
}

function refOf(spec: RunSpec, runId: string): RunRef {
  if (!isRunId(runId)) {
    throw new Failure(
      'InvalidSpec',
      `The run id ${JSON.stringify(runId.slice(0, 60))} cannot be part of a key; expected ${RUN_ID_EXPECTED}.`,
    );
  }
  const { sseKmsKeyId } = spec.output;
  return { ...runPlace(spec.output.uri, runId), runId, ...(sseKmsKeyId === undefined ? {} : { sseKmsKeyId }) };
}

/** @throws Failure `InvalidSpec` where another run's run.json lies in the place of this one's. */
function requireOwnId(opened: Run, ref: RunRef): void {
  if (opened.runId === ref.runId) return;
  const [uri, theirs] = [s3Uri(inRun(ref, PATHS.run)), JSON.stringify(opened.runId.slice(0, 60))];
  throw new Failure(
    'InvalidSpec',
    `The run id ${ref.runId} is taken: ${uri} is that of run ${theirs}. Start it with another run id, or remove what was copied there.`,
  );
}

/** @throws Failure `InvalidSpec` where the run id belongs to another question. */
function requireSameSpec(opened: Run, spec: RunSpec): void {
  if (specIdentity(opened.spec) === specIdentity(spec)) return;
  const fields = specDifferences(opened.spec, spec);
  throw new Failure(
    'InvalidSpec',
    `The run id ${opened.runId} is taken by another spec; they differ in ${fields.join(', ')}. Start it with another run id, or with the spec that run.json holds.`,
  );
}

/** @throws Failure where a task's service is not configured, or does not fit. */
export function newRun(
  { spec, runId, startedAt }: Omit<OpenRunArgs, 'spec'> & { spec: RunSpec },
  configuration: Configuration,
): Run {
  const lanes = planLanes(spec, configuration);
  const named = new Set(lanes.map(({ service }) => service));
  const used = configuration.services.filter(({ name }) => named.has(name));
  const services: Record<string, Service> = Object.fromEntries(used.map((service) => [service.name, service]));
  return { runId, spec, services, lanes, rangeTiles: rangeTiles(lanes), startedAt, preparation: PREP_VERSION };
}

function runBytes(run: Run, { configuration, versions }: OpenRunDeps): Uint8Array {
  const specSha256 = createHash('sha256').update(specIdentity(run.spec)).digest('hex');
  const colophon = { specSha256, gpus: configuration.gpus, versions: { ...versions, preparation: run.preparation } };
  return Buffer.from(`${JSON.stringify(runDocument(run, colophon), null, 2)}\n`);
}

function ownRun(bytes: Uint8Array, ref: RunRef): Run {
  const run = documentOf(bytes, inRun(ref, PATHS.run), parseRun);
  requireOwnId(run, ref);
  return run;
}

async function readRunIfThere(output: ObjectStore, ref: RunRef): Promise<Run | null> {
  const at = inRun(ref, PATHS.run);
  const bytes = await withS3Failures('output', () => readIfThere(output, at));
  return bytes === null ? null : ownRun(bytes, ref);
}

async function putRun(output: ObjectStore, ref: RunRef, run: { ours: Run; bytes: Uint8Array }): Promise<Run> {
  const at = inRun(ref, PATHS.run);
  const put = await withS3Failures('output', () => putOnce(output, at, run.bytes));
  return put === 'written' ? run.ours : ownRun(put.adopted, ref);
}

function laneOf({ service, strands, tasks }: Lane): OpenedRun['lanes'][number] {
  return { service, strands, tasks: tasks.length };
}

/** What of a spec is of this execution alone; the rest is as run.json has it. */
type Now = Pick<RunSpec, 'priority' | 'window'>;

function openedRun(ref: RunRef, { run, spec }: { run: Run; spec: Now }, finished: FinishedRun | null): OpenedRun {
  const { dataset, tasks } = run.spec;
  const { priority, window } = spec;
  const output = s3Uri(inRun(ref, ''));
  const ends = window?.endsAt === undefined ? {} : { windowEndsMs: Date.parse(window.endsAt) };
  return { ref, dataset, priority, lanes: run.lanes.map(laneOf), tasks: tasks.length, output, ...ends, finished };
}

/** A retry asks for its tiles one by one; what the input was named by may be gone. */
async function requireTiles(
  { stores }: OpenRunDeps,
  output: ObjectStore,
  { input, output: { uri }, retry }: RunSpec,
): Promise<void> {
  if (retry === undefined) await withS3Failures('input', () => probeInput(inputStore(stores, input), input));
  else await withS3Failures('output', () => readRetried(output, uri, retry));
}

/**
 * Opens a run: checks the spec, the services, the GPU cap and both places in S3, and writes run.json. A run id that was
 * opened before with the same spec goes on as it was opened then.
 *
 * @returns an activity that throws Failure.
 */
export function createOpenRun(deps: OpenRunDeps) {
  const { stores, configuration, nonce } = deps;
  return async ({ runId, startedAt, ...started }: OpenRunArgs): Promise<OpenedRun> => {
    const spec = parseSpec(await specOfStart(stores, { startedAt, ...started }));
    const ref = refOf(spec, runId);
    const output = outputStore(stores, ref);
    const before = await readRunIfThere(output, ref);
    if (before !== null) requireSameSpec(before, spec);
    const finished = before === null ? null : await withS3Failures('output', () => readFinished(output, ref));
    if (before !== null && finished !== null) return openedRun(ref, { run: before, spec }, finished);
    const ours = newRun({ spec, runId, startedAt }, configuration);
    await requireTiles(deps, output, spec);
    await withS3Failures('output', () => probeOutput(output, ref, nonce()));
    const run = before ?? (await putRun(output, ref, { ours, bytes: runBytes(ours, deps) }));
    requireSameSpec(run, spec);
    return openedRun(ref, { run, spec }, null);
  };
}
