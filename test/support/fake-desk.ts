import { chargesAt } from '../../domain/account.ts';
import { EMPTY_BUDGET, swept, type Budget } from '../../domain/budget.ts';
import { callsOf, type Calls } from '../../domain/calls.ts';
import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { settle } from '../../domain/settle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import { gate, type Gate } from './gate.ts';

type Matches = (report: LeaseReport) => boolean;

interface Hook {
  readonly matches: Matches;
  readonly before?: (report: LeaseReport) => Promise<void>;
  readonly after?: (report: LeaseReport) => Promise<void>;
}

/** A report, or its reply, that is on its way until it is released. */
export interface Travelling {
  /** Resolves with the report once it is there. */
  readonly reached: Promise<LeaseReport>;
  release(): void;
}

function unreachable(): Error {
  return new Error('The budget did not answer.');
}

/** The budget's own rules without Temporal, with hooks to hold, lose or delay single reports and replies. */
export class FakeDesk implements LeaseDesk {
  budget: Budget = EMPTY_BUDGET;
  /** As they were sent, in that order. */
  readonly reports: LeaseReport[] = [];
  /** Nobody answers while this is so. */
  away = false;
  /** Nobody hears whom it calls while this is so. */
  deaf = false;
  private readonly clock: Clock;
  private hooks: Hook[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async report(report: LeaseReport): Promise<LeaseReply> {
    this.reports.push(report);
    const hook = this.hooks.find(({ matches }) => matches(report));
    this.hooks = this.hooks.filter((other) => other !== hook);
    await hook?.before?.(report);
    if (this.away) throw unreachable();
    const reply = this.settle(report);
    await hook?.after?.(report);
    return reply;
  }

  calls(): Promise<Calls> {
    if (this.away || this.deaf) return Promise.reject(unreachable());
    return Promise.resolve(callsOf(this.budget, this.clock.now()));
  }

  /** A report arrives. */
  settle(report: LeaseReport): LeaseReply {
    const { budget, reply } = settle(this.budget, report, { now: this.clock.now(), roll: 0 });
    this.budget = budget;
    return reply;
  }

  /** The next match is on its way until it is released. */
  holdDelivery(matches: Matches = () => true): Travelling {
    const { travelling, pass } = held();
    this.hooks.push({ matches, before: pass });
    return travelling;
  }

  /** The next match arrives at once; its reply is on its way until it is released. */
  holdReply(matches: Matches = () => true): Travelling {
    const { travelling, pass } = held();
    this.hooks.push({ matches, after: pass });
    return travelling;
  }

  /** The next match arrives; its reply never does. */
  loseReply(matches: Matches = () => true): void {
    this.hooks.push({ matches, after: () => Promise.reject(unreachable()) });
  }

  /** The next match is given up by its sender, and arrives only when it is delivered. */
  delay(matches: Matches = () => true): { deliver(): LeaseReply } {
    const late: LeaseReport[] = [];
    const before = (report: LeaseReport): Promise<void> => {
      late.push(report);
      return Promise.reject(unreachable());
    };
    this.hooks.push({ matches, before });
    return { deliver: () => this.settle(late[0] ?? this.never()) };
  }

  /** @returns the places of a service that are charged now, orphans included. */
  charged(service: string): number {
    const now = this.clock.now();
    return chargesAt(swept(this.budget, now), service, now).jobs;
  }

  private never(): never {
    throw new Error('No such report was ever sent.');
  }
}

function held(): { travelling: Travelling; pass: (report: LeaseReport) => Promise<void> } {
  const arrival = gate<LeaseReport>();
  const leave: Gate = gate();
  const pass = async (report: LeaseReport): Promise<void> => {
    arrival.open(report);
    await leave.opened;
  };
  return { travelling: { reached: arrival.opened, release: () => leave.open() }, pass };
}
