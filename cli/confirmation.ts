import { createInterface } from 'node:readline/promises';
import type { Io } from './command.ts';

/** @returns whether somebody at a terminal agreed; true where there is nobody to ask. */
export async function confirmed({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>, question: string): Promise<boolean> {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return true;
  const asking = createInterface({ input: stdin as unknown as NodeJS.ReadableStream });
  try {
    stderr.write(`${question} [y/N] `);
    for await (const answer of asking) return /^\s*y(?:es)?\s*$/iu.test(answer);
    return false;
  } finally {
    asking.close();
  }
}
