/** What was started and has to end, the last first. */
export interface Teardown {
  add(close: () => Promise<unknown>): void;
  /** Ends everything, also where one of them fails; a second time does nothing. */
  close(): Promise<void>;
}

export function createTeardown(): Teardown {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => void closers.push(close),
    close: async () => {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close().catch(() => undefined);
    },
  };
}
