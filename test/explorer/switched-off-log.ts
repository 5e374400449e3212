import { failedWith } from '../../activities/advance/ending.ts';
import { moment } from '../../activities/advance/elapsed.ts';
import { dropped } from '../../domain/strand.ts';
import type * as Dispatches from '../../activities/advance/dispatch.ts';
import type * as Logs from '../../activities/advance/strand-log.ts';
import type * as Overdues from '../../activities/advance/overdue.ts';
import type * as Sessions from '../../activities/advance/session.ts';
import { off, unlessLost } from './switched-off.ts';

/** All writers call themselves the same; nobody reads calls a second time; a slice that is not ours counts as written. */
export function strandLog(real: typeof Logs): typeof Logs {
  const { open } = real.StrandLog;
  const { readCalls, putSlice, takeOver } = real.StrandLog.prototype;
  const takingOver = new WeakSet();
  real.StrandLog.open = (options, hint) =>
    open.call(real.StrandLog, off.rule === 'every writer has a nonce' ? { ...options, nonce: 'the same' } : options, hint);
  Object.assign(real.StrandLog.prototype, {
    async takeOver(this: Logs.StrandLog): Promise<void> {
      takingOver.add(this);
      await takeOver.call(this);
      takingOver.delete(this);
    },
    async readCalls(this: Logs.StrandLog, n: number): ReturnType<typeof readCalls> {
      return off.rule === 'calls are read again' && !takingOver.has(this) ? [] : readCalls.call(this, n);
    },
    async putSlice(this: Logs.StrandLog, ...slice: Parameters<typeof putSlice>): ReturnType<typeof putSlice> {
      try {
        return await putSlice.call(this, ...slice);
      } catch (error) {
        unlessLost(error);
        return this.folded.n;
      }
    },
  });
  return real;
}

/** The 5 s of a submit begin when the put of its intents was answered. */
export function dispatch(real: typeof Dispatches): typeof Dispatches {
  return {
    ...real,
    Dispatch: class extends real.Dispatch {
      private readonly session: Sessions.Session;

      constructor(...parts: ConstructorParameters<typeof Dispatches.Dispatch>) {
        super(...parts);
        [this.session] = parts;
      }

      override queue(n: number, sends: Parameters<Dispatches.Dispatch['queue']>[1]): void {
        const late = off.rule === 'the 5 s begin with the put';
        super.queue(n, late ? sends.map((send) => ({ ...send, began: moment(this.session.scene.clock) })) : sends);
      }
    },
  };
}

/** A task is lost as soon as its second submit is in doubt. */
export function overdue(real: typeof Overdues): typeof Overdues {
  return {
    ...real,
    Overdue: class extends real.Overdue {
      private readonly session: Sessions.Session;

      constructor(...parts: ConstructorParameters<typeof Overdues.Overdue>) {
        super(...parts);
        [this.session] = parts;
      }

      override check(): void {
        if (off.rule === 'a task is lost only after its deadlines') this.loseAtOnce();
        super.check();
      }

      private loseAtOnce(): void {
        const { session } = this;
        const doubts = new Set(session.doubts());
        const spent = session.state.tasks.filter(
          ({ ended, history, jobs, owedAtMs }) =>
            !ended && owedAtMs === null && history.ambiguous >= 2 && jobs.length > 0 && jobs.every((job) => doubts.has(job)),
        );
        for (const task of spent) {
          for (const job of task.jobs) session.state = dropped(session.state, job);
          failedWith(session, task, { code: 'lost', message: 'Lost at once.', callId: null });
        }
      }
    },
  };
}
