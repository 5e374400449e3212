import { batches } from '../../domain/batches.ts';
import { isYoung, type FormerHolder, type HarvestedJob } from '../../domain/harvest.ts';
import { holderId } from '../../domain/ids.ts';
import type { Job, OpenTask } from '../../domain/log.ts';
import { mayLackRecords, type Run } from '../../domain/run.ts';
import { HOUR_MS, SECOND_MS } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ClosedRun } from '../closed-runs.ts';
import { formerHolder, readFormerStrand, type FormerStrand } from '../former-strand.ts';
import type { ReadRun } from '../earlier/earlier-run.ts';
import { questionsOf, recordIdOf, type Question } from './question.ts';
import { ifReadable } from '../readable.ts';

/** A job that a closed run left, before anybody knows whether it is wanted: `task` and place are those of its own run. */
export interface LeftJob extends HarvestedJob {
  readonly service: string;
  readonly recordId: string;
}

export interface Leftovers {
  readonly runs: readonly ReadRun[];
  /** Each call once. */
  readonly jobs: readonly LeftJob[];
  readonly holders: readonly FormerHolder[];
}

interface Reading {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** The run that harvests. */
  readonly run: Run;
}

/** Runs whose logs are read at once. */
const AT_ONCE = 16;
/** Nothing of a run that asked everything is wanted, and nothing of it is charged for longer. */
const CHARGED_FOR_MS = 2 * HOUR_MS;
/** The workers of a run that was terminated hear of it within 10 s; until then they may submit. */
const FRESH_MS = 60 * SECOND_MS;
const HEARD_MS = 20 * SECOND_MS;

function isRead({ manifest }: ClosedRun, now: number): boolean {
  if (manifest === null) return true;
  const endedAtMs = Date.parse(manifest.ended_at);
  const whole = manifest.state === 'complete' && !mayLackRecords(manifest);
  return whole ? now - endedAtMs < CHARGED_FOR_MS : isYoung(endedAtMs, now);
}

async function readStrands({ store, clock }: Reading, closed: ClosedRun): Promise<ReadRun> {
  const { ref, run } = closed;
  const strands: FormerStrand[] = [];
  for (const { service: lane, strands: count } of isRead(closed, clock.now()) ? run.lanes : []) {
    for (let strand = 0; strand < count; strand += 1) {
      const read = await ifReadable(() => readFormerStrand({ store, clock, ref, lane, strand }));
      if (read !== null) strands.push(read);
    }
  }
  return { ...closed, strands };
}

function isFresh({ manifest, strands }: ReadRun, now: number): boolean {
  return manifest === null && strands.some(({ writtenAtMs }) => now - writtenAtMs < FRESH_MS);
}

/** Reads the strands of every run; of one that somebody may just have terminated again, once its workers know. */
async function readRuns(reading: Reading, closed: readonly ClosedRun[]): Promise<ReadRun[]> {
  const { clock } = reading;
  const read: ReadRun[] = [];
  for (const some of batches(closed, AT_ONCE)) read.push(...(await Promise.all(some.map((one) => readStrands(reading, one)))));
  if (!read.some((one) => isFresh(one, clock.now()))) return read;
  const now = clock.now();
  await clock.sleep(HEARD_MS);
  return Promise.all(read.map(async (one) => (isFresh(one, now) ? readStrands(reading, one) : one)));
}

interface Left {
  readonly of: ReadRun;
  readonly strand: FormerStrand;
  readonly question: Question;
}

function leftJob({ of: { ref, run }, strand, question }: Left, task: OpenTask, job: Job): LeftJob | null {
  const { callId, beganAtMs, acceptedAtMs, deadlineAtMs } = job;
  const recordId = recordIdOf(task.tile, question.asked);
  if (callId === null || recordId === null) return null;
  const { range, line, task: id, tile, facts, history } = task;
  const own = { runId: run.runId, holder: holderId(ref, strand.lane, strand.strand) };
  const times = { beganAtMs, acceptedAtMs, deadlineAtMs };
  const place = { range, line, task: id, tile, facts, attempts: history.attempts };
  return { ...place, ...times, ...(job.of ?? own), callId, service: strand.lane, recordId };
}

function jobsOf(of: ReadRun, now: number): LeftJob[] {
  const questions = questionsOf(of.run);
  return of.strands.flatMap((strand) =>
    strand.state.tasks.flatMap((task) => {
      const question = questions.find(({ lane, task: { id } }) => lane.service === strand.lane && id === task.task);
      if (question === undefined) return [];
      const young = task.jobs.filter((job) => isYoung(job.acceptedAtMs ?? job.beganAtMs, now));
      return young.flatMap((job) => leftJob({ of, strand, question }, task, job) ?? []);
    }),
  );
}

/** Whoever is asked for a call must be the one who was asked the question. */
function isCollectable({ run }: Reading, { run: old }: ReadRun, { service }: LeftJob): boolean {
  const [now, then] = [run.services[service], old.services[service]];
  return now !== undefined && then !== undefined && now.api === then.api && now.baseUrl === then.baseUrl;
}

function holdersOf({ ref, run, manifest, strands }: ReadRun, now: number): FormerHolder[] {
  const all = strands.flatMap((strand) => {
    const service = run.services[strand.lane];
    return service === undefined ? [] : [formerHolder(strand, { ref, service, released: manifest !== null })];
  });
  return all.filter(({ untilMs }) => untilMs > now);
}

/** @returns what closed runs left in flight, and who may still be charged for it. */
export async function leftoversOf(reading: Reading, closed: readonly ClosedRun[]): Promise<Leftovers> {
  const runs = await readRuns(reading, closed);
  const now = reading.clock.now();
  const jobs = runs.flatMap((one) => jobsOf(one, now).filter((job) => isCollectable(reading, one, job)));
  const once = new Map(jobs.toReversed().map((job) => [job.callId, job]));
  return { runs, jobs: [...once.values()].toReversed(), holders: runs.flatMap((one) => holdersOf(one, now)) };
}
