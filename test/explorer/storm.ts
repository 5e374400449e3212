import type { Clock } from '../../ports/clock.ts';
import type { Chronicle } from './chronicle.ts';
import type { Chances, Dice } from './dice.ts';

/** What strikes a world: its chance, its time, and what is told of both. */
export interface Storm {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly chronicle: Chronicle;
}

/** Moments in which something interesting may happen: a look of a loop, 5 s, a heartbeat, a lease, an orphan deadline. */
const DELAYS_MS = [300, 2_000, 4_000, 7_000, 15_000, 30_000, 45_000, 70_000, 110_000, 150_000] as const;
const PATIENCE_MS = 10_000;

/** @returns a delay, never at the same moment as anything else. */
export function delayMs(storm: Storm, name: string): number {
  return storm.dice.of(`${name} delay`, DELAYS_MS) * (0.9 + 0.2 * storm.dice.roll(`${name} jitter`)) + 0.123;
}

/** What may happen to a message and its reply. */
export type Travel = 'late there' | 'late back' | 'reply lost' | 'given up' | 'never there' | 'twice';

export interface Journey<Reply> {
  /** `report`, or `put` and what is put, for the chances. */
  readonly kind: string;
  /** Which one: names it in the chronicle. */
  readonly about: string;
  readonly chances: Chances<Travel>;
  readonly arrive: () => Reply;
  /** What its sender hears where no reply comes. */
  readonly unanswered: (reply: Reply | null) => Reply;
}

/** Sends a message: it and its reply may be late, lost, or come twice. */
export async function travelled<Reply>(storm: Storm, journey: Journey<Reply>): Promise<Reply> {
  const { kind, about, arrive, unanswered } = journey;
  const { clock, dice, chronicle } = storm;
  const course = dice.strike(kind, about, journey.chances);
  if (course === null) return arrive();
  const ms = delayMs(storm, `${kind} ${about}`);
  chronicle.note(`${kind} ${about}: ${course} (${Math.round(ms)} ms)`);
  const later = async (): Promise<void> => {
    await clock.sleep(ms);
    arrive();
  };
  switch (course) {
    case 'late there':
      await clock.sleep(ms);
      return arrive();
    case 'late back': {
      const reply = arrive();
      await clock.sleep(ms);
      return reply;
    }
    case 'reply lost': {
      const reply = arrive();
      await clock.sleep(Math.min(ms, PATIENCE_MS));
      return unanswered(reply);
    }
    case 'given up':
      void later();
      await clock.sleep(Math.min(ms / 2, PATIENCE_MS));
      return unanswered(null);
    case 'never there':
      await clock.sleep(Math.min(ms, PATIENCE_MS));
      return unanswered(null);
    default:
      void later();
      return arrive();
  }
}
