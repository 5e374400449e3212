import { createHash } from 'node:crypto';
import { clusterOf, withCluster } from '../../domain/clusters.ts';
import { coveredAt, tasksToAsk, withBegun, type StrandRanges } from '../../domain/cursor.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { excess, type Excess } from '../../domain/failure-window.ts';
import { censoredMiddle, isTimely, withSample } from '../../domain/latency.ts';
import { noteGiven, type Given } from '../../domain/given.ts';
import { isAsked, requestName, waitingFor, type Requesting } from '../../domain/identical.ts';
import type { Job, OpenTask, TaskPlace, TilePlace } from '../../domain/log.ts';
import type { TileRecord } from '../../domain/record.ts';
import { recordOf, type Result } from '../../domain/recording.ts';
import type { Answer } from '../../domain/reply.ts';
import { begun, dropped, ended } from '../../domain/strand.ts';
import type { Tile, TileFacts } from '../../domain/tile.ts';
import type { Session } from './session.ts';
import type { Drawn } from './supply.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

interface Ended extends TaskPlace {
  readonly tile: Tile;
  readonly facts: TileFacts;
  readonly attempts: number;
}

function finish(session: Session, task: Ended, result: Result): TileRecord {
  const { scene } = session;
  const spec = scene.lane.tasks.find(({ id }) => id === task.task);
  if (spec === undefined) throw new Error(`task ${task.task} is not of lane ${scene.lane.service}`);
  const { runId, spec: runSpec, services } = scene.run;
  const service = services[scene.lane.service] ?? scene.service;
  const { tile, facts, attempts } = task;
  const subject = { runId, dataset: runSpec.dataset, image: runSpec.image, task: spec, service, tile, facts, attempts };
  const record = recordOf(subject, result, { sha256, now: session.now });
  session.finished.push({ range: task.range, record });
  session.state = ended(session.state, {
    range: task.range,
    line: task.line,
    task: task.task,
    code: 'code' in result ? result.code : null,
    shared: result.sameAs !== undefined,
  });
  noteGiven(session.answers, record);
  note(session, record);
  judge(session);
  return record;
}

/** @returns an answer to the same request that is known already. */
function knownAnswer({ answers, scene, strandName }: Session, of: Requesting): Given | undefined {
  const name = requestName(of);
  return name === null ? undefined : (answers.get(name) ?? scene.answers.of(strandName, name));
}

function shareAnswer(session: Session, of: OpenTask): void {
  const given = knownAnswer(session, of);
  if (given === undefined) return;
  for (const task of waitingFor(session.state, of)) finish(session, { ...task, attempts: task.history.attempts }, given);
}

/** What the service would not answer for one tile it would not answer for those with the same picture either. */
function shareFailure(session: Session, of: OpenTask, failed: { why: Failing; record: TileRecord }): void {
  if (isAsked(session.state, of)) return;
  const { uri, created_at } = failed.record;
  const sameAs = { uri, recordedAtMs: Date.parse(created_at) };
  for (const task of waitingFor(session.state, of)) finish(session, { ...task, attempts: 0 }, { ...failed.why, sameAs });
}

/** @returns whether a task that was never asked has its record now: the same request was answered before. */
export function recalled(session: Session, task: OpenTask): boolean {
  const given = task.history.attempts === 0 && task.jobs.length === 0 ? knownAnswer(session, task) : undefined;
  if (given !== undefined) finish(session, { ...task, attempts: 0 }, given);
  return given !== undefined;
}

/** What the error says, beside others that say the same. */
function note(session: Session, { service, error_code: code, error_message: message, uri }: TileRecord): void {
  if (code === null) return;
  const one = clusterOf({ service, code, message, uri });
  session.state = { ...session.state, fingerprints: withCluster(session.state.fingerprints, one) };
}

const WINDOWS: Readonly<Record<Excess['window'], (of: number) => string>> = {
  all: (of) => `of ${of} tasks that ended since the run began or was resumed`,
  latest: (of) => `of the last ${of} tasks that ended`,
};

function judge(session: Session): void {
  const { maxPercent } = session.scene.run.spec.failures;
  const over = excess(session.state.judged, maxPercent);
  if (over === null) return;
  session.halt ??= {
    code: 'failures',
    message: `${over.failed} ${WINDOWS[over.window](over.of)} failed for reasons of the service, more than failures.maxPercent ${maxPercent}`,
    action: 'Look at the errors (`tilescribe status`), mend the service, then `tilescribe resume`: the count starts again.',
    blind: false,
  };
}

function sample(session: Session, job: Job): void {
  if (job.acceptedAtMs === null || job.of !== undefined) return;
  const after = session.now - job.acceptedAtMs;
  const { firstDoneAtMs = session.now } = session.state;
  session.state = { ...session.state, firstDoneAtMs };
  // Jobs from before may have waited for a cold start: they are no sample of the usual.
  const usual = session.state.latenciesMs.length > 0 || job.acceptedAtMs >= firstDoneAtMs;
  if (!usual || !isTimely(session.state.latenciesMs, job.watch, after)) return;
  const latenciesMs = withSample(session.state.latenciesMs, censoredMiddle(job.watch.pendingForMs, after));
  session.state = { ...session.state, latenciesMs };
}

/** A job has its answer: the first of its task is the record, of any other only the charge ends. */
export function answered(session: Session, job: Job & { callId: string }, answer: Answer): void {
  const task = taskOf(session, job);
  session.state = dropped(session.state, job);
  sample(session, job);
  if (task === undefined || task.ended) return;
  // A job taken over that was done at the first look may have been so for days.
  const unseen = job.acceptedAtMs === null || (job.of !== undefined && job.watch.polls === 0);
  const latencyMs = unseen ? null : session.now - (job.acceptedAtMs ?? session.now);
  const from = job.of === undefined ? {} : { askedBy: job.of.runId };
  finish(session, { ...task, attempts: task.history.attempts }, { answer, callId: job.callId, latencyMs, ...from });
  shareAnswer(session, task);
}

/** Why there is no answer, and of which job. */
interface Failing {
  readonly code: ErrorCode;
  readonly message: string;
  readonly callId: string | null;
}

function failOne(session: Session, place: TaskPlace, why: Failing): { task: OpenTask; record: TileRecord } | null {
  const task = session.task(place);
  if (task === undefined || task.ended || task.jobs.some((job) => job.callId !== null)) return null;
  return { task, record: finish(session, { ...task, attempts: task.history.attempts }, why) };
}

/** The service does not answer a task. Where another job of it still runs, that one decides. */
export function failedWith(session: Session, place: TaskPlace, why: Failing): void {
  const failed = failOne(session, place, why);
  if (failed !== null) shareFailure(session, failed.task, { why, record: failed.record });
}

/** A tile that had begun cannot be read any more: others with the same picture can. */
export function unreadable(session: Session, place: TilePlace, { code, message }: Pick<Failing, 'code' | 'message'>): void {
  const { range, line } = place;
  for (const { id } of session.scene.lane.tasks) failOne(session, { range, line, task: id }, { code, message, callId: null });
}

/** @returns the task that a job works for. */
export function taskOf(session: Session, job: Job): OpenTask | undefined {
  return session.state.tasks.find(({ jobs }) => jobs.some(({ n, i }) => n === job.n && i === job.i));
}

/** A drawn tile begins: its tasks are owed, or end at once where it cannot be sent or the answer is known. */
export function beginTile(session: Session, drawn: Drawn, ranges: StrandRanges): void {
  const { range, line, tile, prepared } = drawn;
  for (const { id } of tasksToAsk(session.scene.lane.tasks, coveredAt(ranges, drawn))) {
    const place = { range, line, task: id };
    const { facts } = prepared;
    const asked = { ...place, tile, facts, attempts: 0 };
    const given = prepared.ok ? knownAnswer(session, asked) : undefined;
    if (!prepared.ok) finish(session, asked, { code: prepared.code, message: prepared.message, callId: null });
    else if (given !== undefined) finish(session, asked, given);
    else session.state = begun(session.state, { ...place, tile, facts }, session.now);
  }
  session.state = withBegun(session.state, drawn, ranges);
}

function wasInFlight(task: OpenTask): boolean {
  return !task.ended && (task.jobs.length > 0 || task.collected !== undefined);
}

/**
 * The run is cancelled: what is in flight is named. A task of which nothing runs has no record: it is unfinished, as
 * those are that never began.
 */
export function abandon(session: Session): void {
  for (const task of session.state.tasks.filter(wasInFlight)) {
    const callId = task.jobs.find((job) => job.callId !== null)?.callId ?? task.collected ?? null;
    const message =
      callId === null
        ? 'The run was cancelled while a submit without an answer may have become a job.'
        : 'The run was cancelled while the job was in flight.';
    finish(session, { ...task, attempts: task.history.attempts }, { code: 'cancelled', message, callId });
  }
}
