import { isAway } from './away.ts';
import { VISIBILITY_MS, type Table } from './table.ts';

const LOOKS_A_VISIBILITY = 16;

/** Extends what is held while `work` goes on, however long one step of it takes. */
export async function keepingHeld<T>(table: Table, work: () => Promise<T>): Promise<T> {
  const { deliveries, ports } = table;
  const over = new AbortController();
  const keep = async (): Promise<void> => {
    for (;;) {
      await ports.clock.sleep(VISIBILITY_MS / LOOKS_A_VISIBILITY, over.signal);
      if (over.signal.aborted) return;
      // A queue that is away is met by the work too, which says so; one that refuses only this is met by nobody else.
      await deliveries.extendDue(ports.clock.monotonicMs()).catch((error: unknown) => {
        if (!isAway(error)) table.refused = error;
      });
    }
  };
  const kept = keep();
  try {
    return await work();
  } finally {
    over.abort();
    await kept;
  }
}
