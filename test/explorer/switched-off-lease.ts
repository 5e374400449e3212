import type * as Holders from '../../activities/advance/holder.ts';
import type * as Reportings from '../../activities/advance/reporting.ts';
import type * as Sessions from '../../activities/advance/session.ts';
import { off, unlessLost } from './switched-off.ts';

/** The old grant is used while its renewal is under way. */
export function holder(real: typeof Holders): typeof Holders {
  return {
    ...real,
    Holder: class extends real.Holder {
      override get reporting(): boolean {
        return off.rule === 'nothing is granted during a report' ? false : super.reporting;
      }

      override get places(): ReturnType<typeof this.grantedBefore> {
        const old = off.rule === 'nothing is granted during a report' && super.reporting;
        return old ? this.grantedBefore() : super.places;
      }

      private grantedBefore(): Holders.Holder['places'] {
        return this.reply?.granted ?? super.places;
      }
    },
  };
}

/** Says of a holder that hides its report that it is under way; nobody fails who lost the strand. */
export function reporting(real: typeof Reportings): typeof Reportings {
  return {
    ...real,
    Reporting: class extends real.Reporting {
      private underWay = 0;

      override dueAtMs(): number {
        const hidden = off.rule === 'nothing is granted during a report' && this.underWay > 0;
        return hidden ? Number.POSITIVE_INFINITY : super.dueAtMs();
      }

      override async release(busyMs: number): Promise<void> {
        await super.release(busyMs).catch(unlessLost);
      }

      override async beforeRest(waitMs: number): Promise<void> {
        await super.beforeRest(waitMs).catch(unlessLost);
      }

      override async report(...asked: Parameters<Reportings.Reporting['report']>): Promise<void> {
        this.underWay += 1;
        try {
          await super.report(...asked);
        } finally {
          this.underWay -= 1;
        }
      }
    },
  };
}

/** Every doubt counts as told to the budget. */
export function session(real: typeof Sessions): typeof Sessions {
  class Everything extends Set<string> {
    override has(name: string): boolean {
      return off.rule === 'a doubt is told before its place is used' || super.has(name);
    }
  }
  return {
    ...real,
    Session: class extends real.Session {
      override readonly reported = new Everything();
    },
  };
}
