import { SECOND_MS } from '../domain/units.ts';
import type { CurrentPorts } from './ports.ts';

const FIRST_MS = 100;
const LONGEST_MS = 10 * SECOND_MS;

/** Waits, longer with every switch that was lost, by chance more or less. @throws what the signal was aborted with */
export async function waitBeforeRetry({ clock, signal, beat }: CurrentPorts, lost: number): Promise<void> {
  beat({ folder: 'pointer', records: lost });
  await clock.sleep(clock.roll() * Math.min(LONGEST_MS, FIRST_MS * 2 ** lost), signal);
  signal.throwIfAborted();
}
