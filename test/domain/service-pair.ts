import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import type { ServiceFigures } from '../../domain/service.ts';
import { SETTLED_AFTER_MS } from '../../domain/turns.ts';
import { configuredAs, Desk, WINDOW_MS } from './lease-reports.ts';

const LONG_TTL = 20 * 3_600_000;

/** Caption and VQA, each with one strand and work for hours. */
export class Pair {
  readonly desk: Desk;

  constructor(figures: Partial<ServiceFigures> = {}, gpus = 2) {
    const configured = configuredAs(figures, gpus);
    this.desk = new Desk({ configured, want: { jobs: 50_000, http: 8 }, jobMs: 6_000, ttlMs: LONG_TTL });
  }

  ask(service: 'caption' | 'vqa', more: Partial<LeaseReport> = {}): LeaseReply {
    return this.desk.ask(`${service}/0`, { service, ...more });
  }

  jobs(service: 'caption' | 'vqa', more: Partial<LeaseReport> = {}): number {
    return this.ask(service, more).granted.jobs;
  }

  leave(service: 'caption' | 'vqa'): void {
    this.desk.leave(`${service}/0`, { service });
  }

  /** A budget that has existed for longer than a window. */
  later(): this {
    this.desk.ask('probe', { service: 'ocr', want: { jobs: 0, http: 0 }, ttlMs: 1_000 });
    this.desk.pass(WINDOW_MS + 1);
    return this;
  }

  /** And the captions have had their turn for so long that they may have more than one container. */
  settled(): this {
    this.later().ask('caption', { want: { jobs: 1, http: 1 } });
    this.desk.pass(SETTLED_AFTER_MS);
    return this;
  }
}
