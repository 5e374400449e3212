import { Failure } from '../domain/failure.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const RANDOM_LENGTH = 4;
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._:=@+~-]{0,199}$/u;

/** @param roll in [0, 1). @returns `<dataset>-<yyyymmddThhmmssZ>-<4 random>`, the time in UTC. */
export function newRunId(dataset: string, nowMs: number, roll: () => number): string {
  const time = new Date(nowMs)
    .toISOString()
    .replace(/\.\d+Z$/u, 'Z')
    .replaceAll(/[-:]/gu, '');
  const random = Array.from({ length: RANDOM_LENGTH }, () => LETTERS[Math.floor(roll() * LETTERS.length)]);
  return `${dataset}-${time}-${random.join('')}`;
}

/** @throws Failure `InvalidSpec` where it could not be part of a key. */
export function checkedRunId(text: string): string {
  if (RUN_ID.test(text)) return text;
  throw new Failure(
    'InvalidSpec',
    `--run-id ${JSON.stringify(text.slice(0, 60))} cannot be part of a key; expected 1 to 200 of A-Z a-z 0-9 . _ : = @ + ~ - that begin with a letter or digit.`,
  );
}
