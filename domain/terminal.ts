// oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
const TERMINAL_SEQUENCE = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|.)/gu;
/** Controls, formats (bidi among them), separators and lone surrogates; a line end stays one where it is allowed. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** @returns text from outside that a terminal shows and does not obey; lines stay lines. */
export function forTerminal(text: string): string {
  const plain = text.replace(TERMINAL_SEQUENCE, '');
  return plain.replace(UNPRINTABLE, (found) => (found === '\n' ? '\n' : ' '));
}

/** @returns the same on one line, at most `longest` characters. */
export function oneLine(text: string, longest: number): string {
  const line = forTerminal(text).replaceAll(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= longest ? line : `${characters.slice(0, Math.max(0, longest - 1)).join('')}…`;
}
