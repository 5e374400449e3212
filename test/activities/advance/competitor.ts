import type { LeaseReply } from '../../../domain/lease.ts';
import { idleReport } from '../../support/lease-report.ts';
import { LANE, type StrandWorld } from './strand-world.ts';

/** Another holder of the same service: it takes whatever the budget gives it, at once. */
export class Competitor {
  private readonly world: StrandWorld;
  private seq = 0;
  private jobs = 0;

  constructor(world: StrandWorld) {
    this.world = world;
  }

  /** Asks for all places and sends a job that never ends for each one it gets. */
  grab(): LeaseReply {
    const { desk, ceiling, configured, service, clock } = this.world;
    this.seq += 1;
    const wants = { want: { jobs: ceiling.jobs, http: 1 }, inFlight: this.jobs, ttlMs: 3_600_000 };
    const who = { holder: 'competitor', service: LANE, run: 'other', seq: this.seq, configured };
    const reply = desk.settle(idleReport({ ...who, ...wants }));
    for (; this.jobs < reply.granted.jobs; this.jobs += 1) {
      const callId = `other-${this.jobs}`;
      service.journal.push({ callId, task: callId, beganMs: clock.now(), endsMs: Number.POSITIVE_INFINITY });
    }
    return reply;
  }
}
