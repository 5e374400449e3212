/** Who knows which runs go on at this moment. Throws Failure `Unreachable` where it cannot be asked. */
export interface RunRegistry {
  /** @returns whether somebody works on a run, or will: its workflow has not closed. A run nobody knows is not open. */
  isOpen(runId: string): Promise<boolean>;
}
