/**
 * How many minutes a proof runs that can run for long: PROOF_MINUTES in the environment, else 0 for its short form.
 * Not one of tilescribe's own variables: programs refuse those that they do not know.
 */
export const PROOF_MINUTES = Number(process.env['PROOF_MINUTES'] ?? '0');

/** Which sequence of chances a long proof takes: PROOF_SEED in the environment, else 1. */
export const PROOF_SEED = Number(process.env['PROOF_SEED'] ?? '1');

/** @returns a sequence of numbers in [0, 1), the same for the same seed. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** Long proofs print what they found. */
export function printFigures(figures: object): void {
  if (PROOF_MINUTES > 0) process.stdout.write(`${JSON.stringify(figures)}\n`);
}
