import type { BudgetOrder } from '../../domain/figures.ts';
import type { ServiceFigures } from '../../domain/service.ts';

/** Services as they really are, as every worker knows them. */
export interface Scene {
  readonly gpus: number;
  readonly services: Readonly<Record<string, ServiceFigures>>;
  readonly strands: number;
}

/** What a report says. */
export interface Reported {
  readonly who: number;
  readonly want: { readonly jobs: number; readonly http: number };
  readonly limit: number | null;
  readonly jobMs: number | null;
  readonly ttlMs: number;
}

/** What is submitted, as far as places allow. */
export interface Submitted {
  readonly jobs: number;
  readonly runsMs: number;
  readonly doubtful: boolean;
}

/** Requests that are opened, as far as places allow. */
export interface Requested {
  readonly requests: number;
  readonly openMs: number;
}

export type Act =
  | { readonly do: 'take over'; readonly who: number }
  | { readonly do: 'crash'; readonly who: number }
  | { readonly do: 'end slice'; readonly who: number }
  | { readonly do: 'release'; readonly who: number }
  | { readonly do: 'find'; readonly who: number }
  | { readonly do: 'resend'; readonly who: number }
  | { readonly do: 'stray'; readonly who: number }
  | { readonly do: 'harvest'; readonly who: number; readonly of: number }
  | ({ readonly do: 'report'; readonly fate: 'answered' | 'reply lost' | 'late' | 'late and lost' } & Reported)
  | ({ readonly do: 'submit'; readonly who: number } & Submitted)
  | ({ readonly do: 'request'; readonly who: number } & Requested)
  /** All of a slice at once: whoever has the strand, or a new attempt, reports and uses what it is granted. */
  | ({ readonly do: 'turn' } & Reported & Submitted & Requested)
  | { readonly do: 'order'; readonly order: BudgetOrder }
  | { readonly do: 'pass'; readonly ms: number };

export type ActOf<Name extends Act['do']> = Extract<Act, { do: Name }>;
/** Those that a strand does. */
export type StrandAct = Exclude<Act['do'], 'pass' | 'order' | 'resend'>;
