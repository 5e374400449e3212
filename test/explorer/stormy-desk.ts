import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { FakeDesk } from '../support/fake-desk.ts';
import type { Chances } from './dice.ts';
import { travelled, type Storm, type Travel } from './storm.ts';

const CHANCES: Chances<Travel> = {
  'late there': 0.03,
  'late back': 0.03,
  'reply lost': 0.02,
  'given up': 0.03,
  'never there': 0.02,
  twice: 0.03,
};

function unreachable(): never {
  throw new Error('The budget did not answer.');
}

/** A budget whose mail is late, lost or delivered twice. */
export class StormyDesk extends FakeDesk {
  /** By the n of a takeover: the number of the event in which its first report was answered. */
  readonly answered = new Map<number, number>();
  /** Called whenever a report has arrived. */
  arrived: () => void = () => {};
  private readonly storm: Storm;

  constructor(storm: Storm) {
    super(storm.clock);
    this.storm = storm;
  }

  override async report(report: LeaseReport): Promise<LeaseReply> {
    this.reports.push(report);
    const about = `${report.n}.${report.seq}`;
    const arrive = (): LeaseReply => {
      const reply = this.settle(report);
      this.storm.chronicle.note(`report ${about} ${saying(report)} -> ${hearing(reply)}`);
      this.arrived();
      return reply;
    };
    const reply = await travelled(this.storm, { kind: 'report', about, chances: CHANCES, arrive, unanswered: unreachable });
    if (!this.answered.has(report.n)) this.answered.set(report.n, this.storm.chronicle.note(`report ${about} is answered`));
    return reply;
  }
}

function saying({ inFlight, ambiguous, want, ttlMs, release }: LeaseReport): string {
  const doubts = ambiguous.reduce((sum, { places }) => sum + places, 0);
  return release
    ? 'releases'
    : `in flight ${inFlight}, in doubt ${doubts}, wants ${want.jobs}, for ${Math.round(ttlMs / 1_000)} s`;
}

function hearing({ granted, refused }: LeaseReply): string {
  return refused ?? `granted ${granted.jobs}`;
}
