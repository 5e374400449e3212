import { ObjectStoreError, type PutResult } from '../../ports/object-store.ts';
import { gate } from './gate.ts';

export interface StoreCall {
  readonly verb: 'list' | 'head' | 'get' | 'put' | 'upload';
  readonly bucket: string;
  /** The prefix, of a listing. */
  readonly key: string;
}

export type Matches = (call: StoreCall) => boolean;

/** A call that waits before it does anything. */
export interface Held {
  /** Resolves with the call once it is there. */
  readonly reached: Promise<StoreCall>;
  release(): void;
}

interface Hook {
  readonly matches: Matches;
  /** Before the call does anything; throws instead of it. */
  readonly before?: (call: StoreCall) => Promise<void>;
  /** After it was done; what is thrown stands in place of the reply, what is returned too. */
  readonly after?: () => PutResult;
}

/** What tests do to single calls of a store. Each hook is for the next call that matches, once. */
export class Hooks {
  readonly calls: StoreCall[] = [];
  private hooks: Hook[] = [];

  /** The next match waits until it is released. */
  hold(matches: Matches): Held {
    const arrival = gate<StoreCall>();
    const leave = gate();
    const before = async (call: StoreCall): Promise<void> => {
      arrival.open(call);
      await leave.opened;
    };
    this.hooks.push({ matches, before });
    return { reached: arrival.opened, release: () => leave.open() };
  }

  /** The next match does nothing and throws. */
  failNext(matches: Matches, error: Error = new ObjectStoreError('unreachable', 'S3 could not be reached.')): void {
    this.hooks.push({ matches, before: () => Promise.reject(error) });
  }

  /**
   * The next match is done, but its reply never comes. By default the adapter's own retry then meets the first write
   * and says `exists`; with an error it gives up.
   */
  loseReply(matches: Matches, error?: Error): void {
    const after = (): PutResult => {
      if (error !== undefined) throw error;
      return 'exists';
    };
    this.hooks.push({ matches, after });
  }

  /** Forgets what has not happened yet. */
  clear(): void {
    this.hooks = [];
  }

  async around<Reply>(call: StoreCall, act: () => Reply): Promise<Reply> {
    this.calls.push(call);
    const hook = this.hooks.find(({ matches }) => matches(call));
    this.hooks = this.hooks.filter((other) => other !== hook);
    await hook?.before?.(call);
    const reply = act();
    return hook?.after === undefined ? reply : (hook.after() as Reply);
  }
}
