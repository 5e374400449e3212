/** How a long activity shows that it lives, and how it learns that it should stop. */
export interface Pulse {
  /** Tells how far it has come; for people only, nothing is read back from it. */
  readonly beat: (details: unknown) => void;
  readonly signal: AbortSignal;
}
