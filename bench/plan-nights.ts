import { DAY_MS, HOUR_MS, SECOND_MS } from '../domain/units.ts';
import type { MadeRunName } from './made-run.ts';
import type { Measured } from './measure.ts';
import { requireSeen, type OutputFigure } from './output-figures.ts';
import { outputUri, type OutputScene } from './output-scene.ts';

/** What a plan costs in an output that has a run for every night, each of tiles that no other night has. */

/** How many runs there are, of how many tiles each. */
export interface Nights {
  readonly nights: number;
  readonly tiles: number;
}

interface Case {
  readonly name: string;
  /** Which stretch of tiles the first run has; the others follow it. */
  readonly first: number;
  /** Which stretch is planned. */
  readonly planned: (nights: number) => number;
  readonly startedAtMs: (nth: number) => number;
  /** Whether the runs ended so lately that their logs are looked at, too. */
  readonly withLogs: boolean;
}

/** Long ago: nothing of these runs is charged any more. */
const FIRST_MS = Date.parse('2025-01-01T00:00:00Z');

function nightly(nth: number): number {
  return FIRST_MS + nth * DAY_MS;
}

/** A made-up run takes an hour. */
function justEnded(nth: number): number {
  return Date.now() - HOUR_MS - SECOND_MS * (1 + nth);
}

const CASES: readonly Case[] = [
  { name: 'nights, the next one', first: 0, planned: (nights) => nights, startedAtMs: nightly, withLogs: false },
  { name: 'nights, one before them', first: 1, planned: () => 0, startedAtMs: nightly, withLogs: false },
  { name: 'dates just ended, the next one', first: 0, planned: (nights) => nights, startedAtMs: justEnded, withLogs: true },
];

async function lay(scene: OutputScene, output: string, { of, nights, tiles }: Nights & { of: Case }): Promise<void> {
  for (let nth = 0; nth < nights; nth += 1) {
    const name: MadeRunName = { runId: `bench-${nth}`, startedAtMs: of.startedAtMs(nth) };
    const from = (of.first + nth) * tiles;
    const what = { tiles: [from, from + tiles], askedBy: () => name, failed: () => false, withParts: false } as const;
    await scene.write(output, { ...name, ...what, withLogs: of.withLogs });
  }
}

async function figureOf(scene: OutputScene, of: Case, { nights, tiles }: Nights): Promise<OutputFigure> {
  const output = outputUri('nights');
  await lay(scene, output, { of, nights, tiles });
  const from = of.planned(nights) * tiles;
  const input = { from, tiles: from + tiles, newEvery: null, changedEvery: null };
  const measured = await scene.measure({ kind: 'plan', output, input, latencyMs: scene.latencyMs });
  await scene.clear();
  const seen: Measured['saw'] = { tiles, new: tiles, owed: tiles };
  const name = `${nights} ${of.name}`;
  requireSeen(name, measured.saw, seen);
  return { ...measured, records: nights * tiles, name, through: tiles };
}

/** Measures each case. @param told called for each. */
export async function planNights(scene: OutputScene, of: Nights, told: (figure: OutputFigure) => void): Promise<void> {
  for (const one of CASES) told(await figureOf(scene, one, of));
}
