/** The vision encoder looks at squares of this many pixels a side. */
const PATCH_SIDE = 32;
/** What the services take for any picture up to 256 pixels a side. */
const LEAST_TOKENS = 64;

/** @returns about how many visual tokens a picture costs: sides rounded to multiples of 32, a token a square. */
export function imageTokens(width: number, height: number): number {
  const patches = (side: number): number => Math.max(1, Math.round(side / PATCH_SIDE));
  return Math.max(LEAST_TOKENS, patches(width) * patches(height));
}
