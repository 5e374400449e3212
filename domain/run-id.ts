const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._:=@+~-]{0,199}$/u;

/** What a run id may be, in words. */
export const RUN_ID_EXPECTED = '1 to 200 of A-Z a-z 0-9 . _ : = @ + ~ - that begin with a letter or digit';

/** @returns whether the text can be part of a key. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}
