import type { CallLine, IntentRef } from '../../domain/log.ts';
import type { Session } from './session.ts';

/** A call id that waits this long for its siblings is written without them: until then a crash would make it a doubt. */
const GATHER_MS = 100;

interface Pending {
  /** Intents of the object without an outcome yet. */
  left: number;
  lines: CallLine[];
}

/** Writes what became of intents beside them, a few outcomes an object. */
export class Calls {
  readonly #session: Session;
  readonly #pending = new Map<number, Pending>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** `size` intents of object n have been queued. */
  expect(n: number, size: number): void {
    this.#pending.set(n, { left: size, lines: [] });
  }

  /** One intent has its outcome; null where there is nothing to say of it. */
  note(ref: IntentRef, line: CallLine | null): void {
    const pending = this.#pending.get(ref.n);
    if (pending === undefined) return;
    pending.left -= 1;
    if (line !== null) pending.lines.push(line);
    if (pending.left === 0) return this.#write(ref.n, pending);
    if (pending.lines.length === 1 && line !== null) this.#gather(ref.n, pending);
  }

  #gather(n: number, pending: Pending): void {
    this.#session.begin(async () => {
      await this.#session.scene.clock.sleep(GATHER_MS);
      if (pending.left > 0) this.#write(n, pending);
    });
  }

  #write(n: number, pending: Pending): void {
    const lines = pending.lines.splice(0);
    if (pending.left === 0) this.#pending.delete(n);
    if (lines.length > 0) this.#session.begin(() => this.#put(n, lines));
  }

  async #put(n: number, lines: readonly CallLine[]): Promise<void> {
    this.#session.scene.reached('calls');
    await this.#session.log.putCalls(n, lines);
  }
}
