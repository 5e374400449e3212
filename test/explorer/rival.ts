import type { Ceiling, Configured, LeaseReport } from '../../domain/lease.ts';
import { idleReport } from '../support/lease-report.ts';
import { LANE } from '../activities/advance/strand-world.ts';
import type { Storm } from './storm.ts';
import type { StormyDesk } from './stormy-desk.ts';
import type { StormyService } from './stormy-service.ts';

const LOOKS_MS = [400, 1_500, 5_000, 12_000] as const;
const JOBS_MS = [3_000, 12_000, 29_000] as const;
const TTL_MS = 60_000;

interface Place {
  readonly storm: Storm;
  readonly desk: StormyDesk;
  readonly service: StormyService;
  readonly ceiling: Ceiling;
  readonly configured: Configured;
}

/** Another holder of the same service that keeps to every rule: it uses what the budget gives it, at once. */
export class Rival {
  /** Whether it asks for places. */
  hungry = true;
  private readonly place: Place;
  private seq = 0;
  private looks = 0;

  constructor(place: Place) {
    this.place = place;
    place.desk.arrived = () => this.mayLook();
  }

  /** Looks again and again. */
  async live(): Promise<never> {
    const { clock, dice } = this.place.storm;
    for (;;) {
      await clock.sleep(dice.of(`rival ${this.seq} rests`, LOOKS_MS) + dice.roll(`rival ${this.seq}`));
      this.look();
    }
  }

  /** What somebody else reported may have left places. */
  private mayLook(): void {
    this.looks += 1;
    if (this.place.storm.dice.roll(`rival looks after ${this.looks}`) < 0.5) this.look();
  }

  private look(): void {
    const { desk, ceiling, storm } = this.place;
    const { dice, clock, chronicle } = storm;
    const running = this.running;
    if (!this.hungry && running === 0 && this.seq === 0) return;
    this.seq += 1;
    const wanted = this.hungry && dice.roll(`rival wants ${this.seq}`) < 0.6 ? ceiling.jobs : 0;
    const { granted } = desk.settle(this.report(wanted, running));
    const more = Math.max(0, granted.jobs - running);
    if (more === 0) return;
    for (let count = 0; count < more; count += 1) {
      this.place.service.begin('the rival', dice.of(`rival's job ${this.seq}.${count}`, JOBS_MS));
    }
    chronicle.note(`rival had ${running}, begins ${more}; ${this.place.service.runningAt(clock.now())} running`);
  }

  private report(jobs: number, inFlight: number): LeaseReport {
    const who = { holder: 'rival', service: LANE, run: 'other', configured: this.place.configured };
    const want = { jobs, http: jobs > 0 ? 1 : 0 };
    return idleReport({ ...who, seq: this.seq, want, inFlight, ttlMs: TTL_MS, release: jobs === 0 && inFlight === 0 });
  }

  private get running(): number {
    const now = this.place.storm.clock.now();
    return this.place.service.journal.filter(({ task, endsMs }) => task === 'the rival' && endsMs > now).length;
  }
}
