/** What a piece of work took in its process. */
export interface Taken {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Resident memory before, and at its highest; bytes. */
  readonly resident: readonly [before: number, highest: number];
  /** The same of the heap, what was garbage already counted in. */
  readonly heap: readonly [before: number, highest: number];
}

const SAMPLE_MS = 20;

/** Looks at the memory of this process while `work` goes on. Run with `--expose-gc`, it begins on a clean heap. */
export async function takenBy(work: () => Promise<void>): Promise<Taken> {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const highest = { rss: before.rss, heapUsed: before.heapUsed };
  const look = (): void => {
    const { rss, heapUsed } = process.memoryUsage();
    highest.rss = Math.max(highest.rss, rss);
    highest.heapUsed = Math.max(highest.heapUsed, heapUsed);
  };
  const timer = setInterval(look, SAMPLE_MS);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  look();
  const resident = [before.rss, highest.rss] as const;
  return { seconds, cpuSeconds: (user + system) / 1_000_000, resident, heap: [before.heapUsed, highest.heapUsed] };
}
