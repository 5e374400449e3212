/** Time and chance, so that tests can hold both. */
export interface Clock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Never steps back; of no fixed origin. Stands still while the machine is suspended. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  roll(): number;
}
