import { Failure } from '../domain/failure.ts';
import { isRunId, RUN_ID_EXPECTED } from '../domain/run-id.ts';
import { isoText, wholeSeconds } from '../domain/units.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const RANDOM_LENGTH = 4;

/** @param roll in [0, 1). @returns `<dataset>-<yyyymmddThhmmssZ>-<4 random>`, the time in UTC. */
export function newRunId(dataset: string, nowMs: number, roll: () => number): string {
  const time = wholeSeconds(isoText(nowMs)).replaceAll(/[-:]/gu, '');
  const random = Array.from({ length: RANDOM_LENGTH }, () => LETTERS[Math.floor(roll() * LETTERS.length)]);
  return `${dataset}-${time}-${random.join('')}`;
}

/** @throws Failure `InvalidSpec` where it could not be part of a key. */
export function checkedRunId(text: string): string {
  if (isRunId(text)) return text;
  throw new Failure(
    'InvalidSpec',
    `--run-id ${JSON.stringify(text.slice(0, 60))} cannot be part of a key; expected ${RUN_ID_EXPECTED}.`,
  );
}
