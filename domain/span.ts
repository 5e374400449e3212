/** A figure that is not known exactly: `low` <= `likely` <= `high`. */
export interface Span {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

export const NO_SPAN: Span = { low: 0, likely: 0, high: 0 };

/** @returns a span whose ends are made, each from the same end of every span that `make` reads. */
export function spanOf(make: (end: keyof Span) => number): Span {
  return { low: make('low'), likely: make('likely'), high: make('high') };
}
