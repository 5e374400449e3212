import { eased, halved } from '../../domain/limit.ts';
import type { PollReply, SubmitReply } from '../../domain/reply.ts';
import type { Session } from './session.ts';

/** Replies of a service that had the time to do what it was asked. */
const SUCCESSES: readonly (SubmitReply | PollReply)['means'][] = ['accepted', 'done', 'empty'];

/**
 * Takes in what a reply says of the service's load: the strand goes no further than half of what it did, and back again.
 * Called before the reply is judged otherwise: while the service is known to be in trouble one submit at a time asks
 * whether it is well again, and what that hears says nothing of how much it could take.
 */
export function noteLoad(session: Session, reply: SubmitReply | PollReply, startedAtMs: number): void {
  const { state, now, used, holder } = session;
  const sign = { startedAtMs, now };
  const granted = holder.reply?.granted.jobs ?? state.granted;
  const inForce = Math.max(granted, used);
  const ceiling = holder.reply?.ceiling.jobs ?? null;
  if (reply.overload) {
    if (state.troubleSinceMs === null) session.state = { ...state, limit: halved(state.limit, { ...sign, inForce }) };
    return;
  }
  if (SUCCESSES.includes(reply.means)) session.state = { ...state, limit: eased(state.limit, { ...sign, ceiling }) };
}
