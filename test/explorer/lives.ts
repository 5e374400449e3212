import type { Attempted } from '../activities/advance/strand-world.ts';
import type { Machine } from '../support/machine.ts';
import type { Chances } from './dice.ts';
import { delayMs, type Storm } from './storm.ts';

export type Life =
  | 'dies'
  | 'dies at a point'
  | 'is taken for dead'
  | 'stops'
  | 'starts late'
  | 'has a twin'
  | 'stops before a submit';

export const LIVES: Chances<Life> = {
  dies: 0.06,
  'dies at a point': 0.07,
  'is taken for dead': 0.08,
  stops: 0.07,
  'starts late': 0.03,
  'has a twin': 0.03,
  'stops before a submit': 0.02,
};

/** How the second of two deliveries is named. */
export const TWIN = 'the twin of';

/** Where a worker may die: the points of fault tests. */
const POINTS = [
  'takeover',
  'intents',
  'intents-put',
  'submit',
  'submitted',
  'calls',
  'poll',
  'polled',
  'slice',
  'slice-put',
] as const;
const MOMENTS_MS = [150, 700, 1_500, 3_000, 6_000, 12_000, 25_000, 60_000] as const;
/** Whoever is not heard of for this long is taken for dead. */
const HEARTBEAT_MS = 20_000;
/** A process stopped between its last check and the send for longer than the deadline allows is not promised anything. */
const SHORT_STOP_MS = 15_000;

/** One attempt's name, what becomes of it, and how its conductor hears that it is given up. */
export interface Fated {
  readonly name: string;
  readonly life: Life | null;
  readonly givenUp: () => void;
  /** It will never do anything again. */
  readonly died: () => void;
  readonly alive: () => boolean;
}

/** @returns what to do at the points that a worker comes past. */
export function pointsOf(storm: Storm, { name, life, givenUp, died }: Fated): (point: string, machine: Machine) => void {
  const { dice, chronicle } = storm;
  const short = life === 'stops before a submit';
  const where = short ? 'submit' : dice.of(`${name} dies at`, POINTS);
  let left = dice.of(`${name} passes`, [1, 1, 2, 3]);
  return (point, machine) => {
    if (point !== where || (!short && life !== 'dies at a point')) return;
    left -= 1;
    if (left !== 0) return;
    chronicle.note(`${name} ${short ? 'stops a while' : 'dies'} at "${point}"`);
    machine.stop();
    if (!short) died();
    const wakes = (): void => machine.wake();
    void after(storm, short ? SHORT_STOP_MS * dice.roll(`${name} stops`) : HEARTBEAT_MS, short ? wakes : givenUp);
  };
}

/** Lets become of an attempt what its life says. */
export async function live(storm: Storm, attempted: Attempted, { name, life, givenUp, died, alive }: Fated): Promise<void> {
  const { chronicle, clock } = storm;
  const { machine } = attempted;
  if (life === 'has a twin') return twice(storm, attempted, name);
  if (life === null || life === 'dies at a point' || life === 'stops before a submit') return;
  const late = life === 'starts late';
  if (late) machine.stop();
  else await clock.sleep(momentMs(storm, name));
  if (!alive()) return;
  chronicle.note(`${name} ${life}`);
  if (life === 'is taken for dead') return givenUp();
  machine.stop();
  const restMs = delayMs(storm, `${name} rests`);
  if (life === 'dies' || restMs > HEARTBEAT_MS) void after(storm, HEARTBEAT_MS, givenUp);
  if (life === 'dies') return died();
  await after(storm, restMs, () => machine.wake());
  chronicle.note(`${name} wakes`);
}

/** A task that is delivered twice comes at once, or the second time late. */
async function twice(storm: Storm, { machine }: Attempted, name: string): Promise<void> {
  if (!name.startsWith(TWIN) || storm.dice.roll(`${name} is late`) < 0.5) return;
  machine.stop();
  await after(storm, momentMs(storm, name), () => machine.wake());
}

/** @returns a moment in the life of an attempt, never that of anything else. */
export function momentMs({ dice }: Storm, name: string): number {
  return dice.of(`${name} moment`, MOMENTS_MS) * (0.8 + 0.4 * dice.roll(`${name} moment's jitter`)) + 0.217;
}

async function after({ clock }: Storm, ms: number, act: () => void): Promise<void> {
  await clock.sleep(ms);
  act();
}
