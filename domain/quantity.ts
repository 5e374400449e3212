/** @returns a whole number as people read it: `12,345`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/**
 * @param noun of one; its plural ends in s.
 * @param figures how the number is written.
 * @returns `1 GPU`, `2 GPUs`
 */
export function quantity(count: number, noun: string, figures: (count: number) => string = String): string {
  return `${figures(count)} ${noun}${count === 1 ? '' : 's'}`;
}
