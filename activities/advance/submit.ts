import { firstPollAfterMs } from '../../domain/latency.ts';
import type { CallLine, IntentRef, OpenTask, TaskPlace } from '../../domain/log.ts';
import { afterSubmit, type SubmitDecision } from '../../domain/outcome.ts';
import type { SubmitReply } from '../../domain/reply.ts';
import { accepted, asked, doubted, dropped, uncounted } from '../../domain/strand.ts';
import { SECOND_MS } from '../../domain/units.ts';
import type { Question } from '../../ports/model-service.ts';
import type { Calls } from './calls.ts';
import { elapsedMs, type Moment } from './elapsed.ts';
import { failedWith } from './ending.ts';
import { noteLoad } from './load.ts';
import { refName, type Session } from './session.ts';
import { noteService } from './trouble.ts';

/** A POST leaves at most this long after the first try of its intents' put began (reliability.md section 2). */
const LEAVE_WITHIN_MS = 5 * SECOND_MS;
const WEIGHT = 0.3;

/** A submit whose intent is written. */
export interface Send {
  readonly ref: IntentRef;
  readonly place: TaskPlace;
  readonly question: Question;
  /** When the put of its intents began. */
  readonly began: Moment;
}

/** The task still waits for an answer, and no job that is known to run will give it. */
function awaited(session: Session, send: Send): boolean {
  const task = session.task(send.place);
  return task !== undefined && !task.ended && task.jobs.every((job) => job.callId === null);
}

/** Whether a queued submit may leave now, must wait, or may never leave under this intent. */
export function departure(session: Session, send: Send): 'now' | 'wait' | 'never' {
  if (
    !awaited(session, send) ||
    session.stop === 'now' ||
    session.halt !== null ||
    elapsedMs(session.scene.clock, send.began) > LEAVE_WITHIN_MS
  )
    return 'never';
  return session.used <= session.places && session.freeHttp > 0 ? 'now' : 'wait';
}

function historyOf(session: Session, send: Send): OpenTask['history'] {
  const task = session.task(send.place);
  if (task === undefined) throw new Error(`no open task at ${refName(send.ref)}`);
  return task.history;
}

/** The submit never left: its task is owed again, under a new intent that names this one. */
export function unsent(session: Session, calls: Calls, send: Send): void {
  close(session, send);
  const task = session.task(send.place);
  if (task !== undefined) {
    const history = uncounted(task.history);
    session.state = asked(session.state, send.ref, { history, owedAtMs: session.now, unsent: true });
  }
  calls.note(send.ref, { i: send.ref.i, outcome: 'not_sent', at_ms: session.now });
}

/** Sends one submit and takes in what became of it. */
export async function submit(session: Session, calls: Calls, send: Send): Promise<void> {
  const { scene } = session;
  session.httpInUse += 1;
  const startedAtMs = session.now;
  const started = scene.clock.monotonicMs();
  scene.reached('submit');
  const reply = await scene.client.submit(send.question);
  scene.reached('submitted');
  session.httpInUse -= 1;
  const tookMs = scene.clock.monotonicMs() - started;
  session.submitMs = session.submitMs === null ? tookMs : session.submitMs * (1 - WEIGHT) + tookMs * WEIGHT;
  close(session, send);
  take(session, calls, { send, reply, startedAtMs });
}

function close(session: Session, send: Send): void {
  session.submitting -= 1;
  session.open.delete(refName(send.ref));
}

interface Reply {
  readonly send: Send;
  readonly reply: SubmitReply;
  readonly startedAtMs: number;
}

function take(session: Session, calls: Calls, { send, reply, startedAtMs }: Reply): void {
  const { service, clock } = session.scene;
  const { now } = session;
  const { quiet } = session.state;
  // Submits that left together and fail together are one failure.
  const troubles = now < quiet.untilMs ? quiet.times - 1 : quiet.times;
  const at = { baseUrl: service.baseUrl, now, roll: clock.roll(), troubles };
  const decision = afterSubmit(reply, historyOf(session, send), at);
  noteLoad(session, reply, startedAtMs);
  noteService(session, {
    trouble: decision.do === 'wait' && decision.trouble,
    said: reply.said,
    silent: reply.means === 'ambiguous',
  });
  apply(session, send, { decision, startedAtMs, troubles });
  const line = lineFor(session, send, { decision, reply });
  calls.note(send.ref, line);
}

function lineFor(
  session: Session,
  { ref }: Send,
  { decision, reply }: { decision: SubmitDecision; reply: SubmitReply },
): CallLine | null {
  const at_ms = session.now;
  if (decision.do === 'track') return { i: ref.i, outcome: 'accepted', call_id: decision.callId, at_ms };
  if (decision.do === 'doubt') return null;
  const counted = decision.do === 'again' || decision.do === 'fail';
  return { i: ref.i, outcome: 'refused', at_ms, counted, digest: reply.digest };
}

interface Decided {
  readonly decision: SubmitDecision;
  readonly startedAtMs: number;
  /** Failures in a row before this one. */
  readonly troubles: number;
}

function apply(session: Session, send: Send, { decision, startedAtMs, troubles }: Decided): void {
  const { state, now } = session;
  const { ref } = send;
  const takenBack = { history: uncounted(historyOf(session, send)), owedAtMs: now };
  switch (decision.do) {
    case 'track': {
      const pollAtMs = startedAtMs + firstPollAfterMs(state.latenciesMs, session.scene.clock.roll());
      session.state = accepted(state, ref, { callId: decision.callId, atMs: startedAtMs, pollAtMs });
      session.state = { ...session.state, quiet: { untilMs: 0, times: 0 } };
      return;
    }
    case 'fail':
      session.state = dropped(state, ref);
      return failedWith(session, send.place, { ...decision, callId: null });
    case 'again':
      session.state = asked(state, ref, { history: decision.history, owedAtMs: now + decision.afterMs });
      return;
    case 'doubt':
      session.state = doubted(state, ref, now);
      session.reason = `${session.scene.service.name}: a submit ended without an answer (${decision.said}); its place stays charged until its deadline`;
      return;
    case 'wait':
      session.state = {
        ...asked(state, ref, takenBack),
        quiet: { untilMs: Math.max(state.quiet.untilMs, now + decision.afterMs), times: troubles + 1 },
      };
      return;
    default:
      session.state = asked(state, ref, takenBack);
      session.halt ??= decision.halt;
  }
}
