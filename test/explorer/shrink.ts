import type { WorldOptions } from './stormy-world.ts';
import { voyage, type Voyage } from './voyage.ts';

/** @returns the same seed with as few faults as still break a promise. */
export async function shrunk(options: WorldOptions): Promise<Voyage> {
  const muted = new Set(options.muted);
  let worst = await voyage({ ...options, muted });
  for (let size = Math.ceil(worst.struck.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < worst.struck.length;) {
      const fewer = new Set([...muted, ...worst.struck.slice(at, at + size)]);
      const tried = await voyage({ ...options, muted: fewer });
      if (tried.problems.length === 0) at += size;
      else {
        for (const name of fewer) muted.add(name);
        worst = tried;
      }
    }
  }
  return worst;
}
