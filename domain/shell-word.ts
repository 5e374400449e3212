/** What no shell reads as anything else. */
const PLAIN = /^[\w@%+=:,./-]+$/u;

/** @returns a text as one word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** @returns the same, without quotes where it needs none: for commands that people are to paste. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : quoted(text);
}
