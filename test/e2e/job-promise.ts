import type { TaskHistory, TaskPlace } from '../../domain/log.ts';
import { MAX_ATTEMPTS } from '../../domain/outcome.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Run } from '../../domain/run.ts';
import { jobsPerQuestion } from '../../local/services/analysis.ts';
import type { JournalEvent } from '../../local/services/journal.ts';
import { questionTo } from './journal-reader.ts';
import type { LogObject } from './log-reader.ts';

/** P5 and P6: what the services ran, against what the logs in S3 say why. */

/** What a run left that says which jobs it asked for. */
export interface Asked {
  readonly run: Run;
  /** Of every strand, by service. */
  readonly logs: ReadonlyMap<string, readonly LogObject[][]>;
}

/** A tile asked a task: which jobs it may have cost beyond one. */
interface Account {
  readonly question: string;
  /** Intents of which nobody ever wrote what became of them. */
  unanswered: number;
  /** As the log judged at some time. */
  ambiguous: number;
  /** Jobs that failed, expired, ran out of time or had nothing to say, and were asked again. */
  again: number;
}

const placeName = ({ range, line, task }: TaskPlace): string => `${range}/${line}#${task}`;

function note(account: Account, { ambiguous, digests, expired, empty, timeout }: TaskHistory): void {
  account.ambiguous = Math.max(account.ambiguous, ambiguous);
  account.again = Math.max(account.again, digests.length + expired + empty + timeout);
}

function accountsOfStrand({ run }: Asked, service: string, log: readonly LogObject[]): Account[] {
  const accounts = new Map<string, Account>();
  for (const { head, intents, calls } of log) {
    const told = new Set(calls.map(({ i }) => i));
    for (const intent of intents) {
      const prompt = run.spec.tasks.find(({ id }) => id === intent.task)?.prompt ?? '';
      const question = questionTo(service, { sent_sha256: intent.facts.sent_sha256 ?? '', prompt });
      const account = accounts.get(placeName(intent)) ?? { question, unanswered: 0, ambiguous: 0, again: 0 };
      accounts.set(placeName(intent), account);
      if (!told.has(intent.i)) account.unanswered += 1;
      note(account, intent.history);
    }
    for (const task of head.kind === 'slice' ? head.state.tasks : []) {
      const account = accounts.get(placeName(task));
      if (account !== undefined) note(account, task.history);
    }
  }
  return [...accounts.values()];
}

function accountsOf(asked: Asked): Account[] {
  return [...asked.logs].flatMap(([service, logs]) => logs.flatMap((log) => accountsOfStrand(asked, service, log)));
}

/** @returns P5: jobs that no doubt and no retry explains. */
function unexplained(events: readonly JournalEvent[], accounts: readonly Account[]): string[] {
  const allowed = new Map<string, number>();
  for (const { question, unanswered, ambiguous, again } of accounts)
    allowed.set(question, (allowed.get(question) ?? 0) + 1 + Math.max(unanswered, ambiguous) + again);
  return [...jobsPerQuestion(events)].flatMap(([question, jobs]) => {
    const most = allowed.get(question) ?? 0;
    return jobs > most ? [`P5: ${jobs} jobs for ${question}, of which the logs explain ${most}`] : [];
  });
}

/** @returns P6: questions that were asked more often than they may be. */
function poisoned(events: readonly JournalEvent[], accounts: readonly Account[]): string[] {
  const places = new Map<string, number>();
  for (const { question } of accounts) places.set(question, (places.get(question) ?? 0) + 1);
  const often = [...jobsPerQuestion(events)].filter(([question, jobs]) => jobs > MAX_ATTEMPTS * (places.get(question) ?? 0));
  return often.map(([question, jobs]) => `P6: ${jobs} jobs for ${question}`);
}

/** Over all runs that used the services of a journal. @returns what is not kept of P5 and P6. */
export function jobFaults(events: readonly JournalEvent[], asked: readonly Asked[]): string[] {
  const accounts = asked.flatMap(accountsOf);
  return [...unexplained(events, accounts), ...poisoned(events, accounts)];
}

/** @returns P6: records that say of themselves that they took too many attempts. */
export function attemptFaults(records: readonly TileRecord[]): string[] {
  const tried = records.filter(({ attempts }) => (attempts ?? 0) > MAX_ATTEMPTS);
  return tried.map(({ key, task_id: task, attempts }) => `P6: ${key}#${task} had ${attempts} attempts`);
}

/** @returns how many intents were ever judged ambiguous, over all runs. */
export function everAmbiguous(asked: readonly Asked[]): number {
  const judged = asked.flatMap(accountsOf).map(({ unanswered, ambiguous }) => Math.max(unanswered, ambiguous));
  return judged.reduce((sum, count) => sum + count, 0);
}
