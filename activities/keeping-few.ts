/**
 * Remembers what was read for the latest few that were asked for, the least recently used forgotten first. Whoever asks
 * while it is read waits for the same reading; one that fails is not kept.
 *
 * @param most how many are kept.
 * @param nameOf the same text for what has the same reading, for good.
 * @returns `read` that remembers.
 */
export function keepingFew<Wanted, Found>(
  most: number,
  nameOf: (wanted: Wanted) => string,
  read: (wanted: Wanted) => Promise<Found>,
): (wanted: Wanted) => Promise<Found> {
  const kept = new Map<string, Promise<Found>>();
  return async (wanted) => {
    const name = nameOf(wanted);
    const found = kept.get(name) ?? read(wanted);
    kept.delete(name);
    kept.set(name, found);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    try {
      return await found;
    } catch (error) {
      if (kept.get(name) === found) kept.delete(name);
      throw error;
    }
  };
}
