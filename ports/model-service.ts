import type { PollReply, SubmitReply } from '../domain/reply.ts';

/** One tile asked one task. */
export interface Question {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly mime: string;
  readonly picture: Uint8Array;
}

/** What a health check found, for people. */
export interface HealthReply {
  readonly healthy: boolean;
  /** One sentence. */
  readonly message: string;
}

/** A service that takes a job and is asked for its result later. Never throws: whatever happens is a reply. */
export interface ModelService {
  submit(question: Question): Promise<SubmitReply>;
  poll(callId: string): Promise<PollReply>;
  health(): Promise<HealthReply>;
}
