/** Ctrl-C or SIGTERM, as a signal that one piece of work listens to. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** @returns which it was; null while there was none. */
  caught(): NodeJS.Signals | null;
  /** From here on Ctrl-C ends the program as usual. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first Ctrl-C aborts the signal; a second one ends the program at once. */
export function catchInterrupts(): Interruption {
  const controller = new AbortController();
  const release = (): void => {
    for (const name of SIGNALS) process.removeListener(name, stop);
  };
  let caught: NodeJS.Signals | null = null;
  const stop = (name: NodeJS.Signals): void => {
    caught = name;
    release();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return { signal: controller.signal, caught: () => caught, release };
}

/** @returns when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
