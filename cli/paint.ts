/** Colours of a terminal; functions that change nothing where there is none. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const satisfies Record<keyof Paint, number>;
const RESET = '\u001B[0m';

function painter(code: number): (text: string) => string {
  return (text) => (text === '' ? '' : `\u001B[${code}m${text}${RESET}`);
}

/** @param colours false makes every colour the text as it is. */
export function createPaint(colours: boolean): Paint {
  const paint = (code: number): ((text: string) => string) => (colours ? painter(code) : (text) => text);
  const { bold, dim, red, green, yellow, cyan } = CODES;
  return { bold: paint(bold), dim: paint(dim), red: paint(red), green: paint(green), yellow: paint(yellow), cyan: paint(cyan) };
}

/** Text that is not coloured. */
export const PLAIN = createPaint(false);
