import type { AdvanceResult } from '../../activities/advance/advance-types.ts';
import { PATHS, inRun } from '../../domain/layout.ts';
import type { CallLine, Intent } from '../../domain/log.ts';
import type { TileRecord } from '../../domain/record.ts';
import { sameRequestAs } from '../../domain/same-request.ts';
import { LANE, REF } from '../activities/advance/strand-world.ts';
import { callsOf, logOf, recordsOf } from '../activities/advance/strand-reading.ts';
import type { StormyWorld } from './stormy-world.ts';

/** How a run ended. */
export interface End {
  readonly result: AdvanceResult;
  readonly cancelled: boolean;
}

const MOST_ATTEMPTS = 3;
const MOST_DOUBTS = 2;

/** An intent as the finished log shows it. */
interface Told extends Intent {
  readonly n: number;
  readonly beganAtMs: number;
  readonly deadlineAtMs: number;
  /** n of the takeover of its writer. */
  readonly writer: number;
  /** What its calls object says of it, and when that was written. */
  readonly call: (CallLine & { readonly order: number; readonly writtenAtMs: number }) | null;
}

function nameOf({ tile, task }: Intent): string {
  return `${tile.key}#${task}`;
}

/** What an intent asks, as the service's journal names it: the same for tiles with the same picture. */
function requestOf(world: StormyWorld, { tile, task }: Intent): string {
  return `${world.pictureOf(tile.key)}#${task}`;
}

function lines(world: StormyWorld): Map<string, Told['call']> {
  const written = (n: number, k: number): { order: number; atMs: number } =>
    world.store.written.get(inRun(REF, PATHS.callsObject({ lane: LANE, strand: 0, n, k })).key) ?? { order: 0, atMs: 0 };
  return new Map(
    callsOf(world).map((line) => {
      const { order, atMs } = written(line.n, line.k);
      return [`${line.n}/${line.i}`, { ...line, order, writtenAtMs: atMs }];
    }),
  );
}

/** @returns every intent, in the order of the log. */
export function told(world: StormyWorld): Told[] {
  const calls = lines(world);
  const takeovers = new Map<string, number>();
  return logOf(world).flatMap(({ head, rest }) => {
    if (head.kind === 'takeover') takeovers.set(head.nonce, head.n);
    if (head.kind !== 'intents') return [];
    const of = { n: head.n, beganAtMs: head.began_at_ms, deadlineAtMs: head.deadline_at_ms };
    const writer = takeovers.get(head.nonce) ?? 0;
    return (rest as Intent[]).map((intent) => ({ ...intent, ...of, writer, call: calls.get(`${head.n}/${intent.i}`) ?? null }));
  });
}

/** P1, P2: one record for every tile and task, and the counts balance. Of a cancelled run: none twice. */
export function brokenRecords(world: StormyWorld, { result, cancelled }: End): string[] {
  const recorded = recordsOf(world).map(({ key, task_id }) => `${key}#${task_id}`);
  const twice = recorded.filter((name, at) => recorded.indexOf(name) !== at);
  const missing = cancelled ? [] : world.everything.filter((name) => !recorded.includes(name));
  const counted = result.tallies.ok + result.tallies.failed + result.tallies.skipped;
  const expected = recordsOf(world).filter(({ error_code }) => error_code !== 'cancelled').length;
  return [
    ...missing.map((name) => `P1: ${name} has no record`),
    ...twice.map((name) => `P2: ${name} is recorded twice`),
    ...(counted === expected ? [] : [`P1: the tallies say ${counted}, and there are ${expected} records`]),
  ];
}

/** P4: the service's own journal never shows more jobs at once than the ceiling. */
function peak(world: StormyWorld): string[] {
  const { service, ceiling } = world;
  const worst = service.journal.find(({ beganMs }) => service.runningAt(beganMs) > ceiling.jobs);
  if (worst === undefined) return [];
  return [`P4: ${service.runningAt(worst.beganMs)} jobs ran at once where ${ceiling.jobs} may, as ${worst.callId} began`];
}

/** Whether an intent may have been in doubt when its task went out again: nothing had said what became of it. */
function excused(world: StormyWorld, one: Told, next: Told): boolean {
  const { call } = one;
  if (call === null || call.outcome !== 'accepted' || one.deadlineAtMs <= next.beganAtMs) return true;
  if (next.replaces?.n === one.n && next.replaces.i === one.i) return true;
  return one.writer !== next.writer && call.order > (world.desk.answered.get(next.writer) ?? 0);
}

/** P5: no request is paid for twice, for whichever tile, while its first call is written where it would be read. */
function paidTwice(world: StormyWorld, intents: readonly Told[]): string[] {
  return intents.flatMap((next, at) => {
    const before = intents.slice(0, at).filter((one) => requestOf(world, one) === requestOf(world, next));
    const known = before.filter((one) => !excused(world, one, next));
    return known.map(
      (one) => `P5: ${requestOf(world, next)} went out again as ${next.n}/${next.i}; the call of ${one.n}/${one.i} was known`,
    );
  });
}

/** P1: a tile that was not asked has the record of the one that was, which is there. */
function wronglyShared(record: TileRecord, records: readonly TileRecord[]): string[] {
  const uri = sameRequestAs(record);
  if (uri === null) return [];
  const asked = records.find((other) => other.uri === uri && other.task_id === record.task_id);
  const fields = ['request_sha256', 'status', 'error_code', 'text', 'call_id', 'latency_ms', 'created_at'] as const;
  const same = asked !== undefined && sameRequestAs(asked) === null && fields.every((field) => asked[field] === record[field]);
  return same && record.attempts === 0 ? [] : [`P1: ${record.key} has another record than ${uri}, which was asked in its stead`];
}

/** P1: a task is lost only when nothing said what became of its submits before the last of their deadlines. */
function falselyLost(record: TileRecord, intents: readonly Told[]): string[] {
  const own = intents.filter((intent) => nameOf(intent) === `${record.key}#${record.task_id}`);
  const last = Math.max(...own.map(({ deadlineAtMs }) => deadlineAtMs));
  const inTime = own.filter(({ call }) => call !== null && call.writtenAtMs < last);
  const found = inTime.filter(({ call }) => call?.outcome === 'accepted');
  const doubts = own.length - inTime.length;
  const enough = doubts >= MOST_DOUBTS || (doubts > 0 && record.attempts >= MOST_ATTEMPTS);
  return [
    ...found.map(({ n, i }) => `P1: ${record.key} is called lost, and the call of its intent ${n}/${i} is known`),
    ...(enough ? [] : [`P1: ${record.key} is called lost, and only ${doubts} of its submits had no answer`]),
  ];
}

/** P5: a job is paid for only where an intent says so. */
function unforeseen(world: StormyWorld, intents: readonly Told[]): string[] {
  const mayHaveRun = intents
    .filter(({ call }) => call === null || call.outcome === 'accepted')
    .map((one) => requestOf(world, one));
  return [...world.service.jobsByTask].flatMap(([name, jobs]) => {
    const foreseen = name === 'the rival' ? jobs : mayHaveRun.filter((one) => one === name).length;
    return jobs > foreseen ? [`P5: ${name} had ${jobs} jobs, and ${foreseen} were written down before`] : [];
  });
}

/** @returns every promise that was broken, as sentences. */
export function brokenPromises(world: StormyWorld, end: End): string[] {
  const intents = told(world);
  const records = recordsOf(world);
  const lost = records.filter((record) => record.error_code === 'lost' && sameRequestAs(record) === null);
  return [
    ...brokenRecords(world, end),
    ...peak(world),
    ...unforeseen(world, intents),
    ...paidTwice(world, intents),
    ...lost.flatMap((record) => falselyLost(record, intents)),
    ...records.flatMap((record) => wronglyShared(record, records)),
  ];
}
