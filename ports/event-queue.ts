/** Why a queue could not be used. Throttles and dropped connections have been retried before any of these. */
export type EventQueueProblem =
  | 'missing'
  | 'denied'
  // For another reason than who asks.
  | 'refused'
  | 'credentials'
  | 'wrong_region'
  | 'unreachable'
  // As many messages are with receivers as may be; it has room again as these are removed or given back.
  | 'full'
  | 'too_long'
  | 'wrong_kind';

/** One sentence that names the queue. */
export class EventQueueError extends Error {
  readonly problem: EventQueueProblem;
  constructor(problem: EventQueueProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EventQueueError';
    this.problem = problem;
  }
}

/** One delivery of a message. */
export interface QueueMessage {
  /** The same at every delivery. */
  readonly id: string;
  readonly body: string;
  /** Of this delivery; the latest one counts. */
  readonly receipt: string;
}

export interface ReceiveOptions {
  readonly most: number;
  /** How long to wait for the first one, ms. */
  readonly waitMs: number;
  /** How long nobody else gets them, ms. */
  readonly visibilityMs: number;
  /** Ends the wait soon: what came until then is returned, as nobody else can have it. */
  readonly signal?: AbortSignal;
}

/**
 * The queue that tilescribe needs: at least once, in any order. A message that was delivered is nobody else's until its
 * visibility ends, and then it comes again. All methods throw {@link EventQueueError}.
 */
export interface EventQueue {
  /** @returns at least one message where there is one in time. */
  receive(options: ReceiveOptions): Promise<readonly QueueMessage[]>;
  /** For good. A delivery whose visibility has ended is passed over: its message comes again. */
  remove(messages: readonly QueueMessage[]): Promise<void>;
  /** From now on so long, ms; 0 gives them back. A delivery whose visibility has ended is passed over. */
  extend(messages: readonly QueueMessage[], visibilityMs: number): Promise<void>;
  /**
   * Copies a message to the dead-letter queue, with the reason as its attribute `tilescribe_reason`; refused as `too_long`
   * where both together are more than that queue takes.
   */
  setAside(message: QueueMessage, reason: string): Promise<void>;
}
