import type { PollReply, SubmitReply } from '../../domain/reply.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HealthReply, ModelService, Question } from '../../ports/model-service.ts';
import { accepted, done, pending, reply } from './fake-service.ts';

/** What becomes of one submit. */
export interface Fate {
  /** What the caller hears; the acceptance where nothing is said. */
  readonly says?: SubmitReply;
  /** Whether a job begins, whatever the caller hears; as it is said where nothing is told. */
  readonly runs?: boolean;
  readonly jobMs?: number;
  /** How long the request travels before it is taken. */
  readonly travelsMs?: number;
  /** The request is held until then. */
  readonly until?: Promise<void>;
}

/** One job as the service itself knows it. */
export interface JournalJob {
  readonly callId: string;
  /** `<picture as text>#<prompt>` */
  readonly task: string;
  readonly beganMs: number;
  readonly endsMs: number;
}

export interface Arrival {
  readonly task: string;
  readonly atMs: number;
}

const LOST_REPLY = reply('ambiguous');

/** The reply is lost, and the job runs. */
export const ACCEPTED_UNHEARD: Fate = { says: LOST_REPLY, runs: true };
/** The reply is lost, and nothing was accepted. */
export const NEVER_ACCEPTED: Fate = { says: LOST_REPLY, runs: false };

/** A service whose jobs take time, with a journal of every job: what really ran, whatever anybody was told. */
export class JobService implements ModelService {
  readonly journal: JournalJob[] = [];
  /** Submits in the order in which they left. */
  readonly arrivals: Arrival[] = [];
  /** Polls in their order. */
  readonly asked: string[] = [];
  jobMs = 4_000;
  requestMs = 50;
  /** What becomes of the next submits; then of all others. */
  readonly fates: Fate[] = [];
  otherwise: (question: Question) => Fate = () => ({});
  /** Stands in for a poll's answer where it says anything. */
  answers: (job: JournalJob, times: number) => PollReply | null = () => null;
  private readonly clock: Clock;
  private readonly times = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async submit(question: Question): Promise<SubmitReply> {
    const task = nameOf(question);
    this.arrivals.push({ task, atMs: this.clock.now() });
    const fate = this.fates.shift() ?? this.otherwise(question);
    await this.clock.sleep(fate.travelsMs ?? this.requestMs);
    await fate.until;
    const callId = `fc-${this.journal.length + 1}`;
    const says = fate.says ?? accepted(callId);
    const beganMs = this.clock.now();
    if (fate.runs ?? says.means === 'accepted')
      this.journal.push({ callId, task, beganMs, endsMs: beganMs + (fate.jobMs ?? this.jobMs) });
    return says;
  }

  async poll(callId: string): Promise<PollReply> {
    this.asked.push(callId);
    await this.clock.sleep(this.requestMs);
    const job = this.journal.find((one) => one.callId === callId);
    if (job === undefined) return reply('expired');
    const times = (this.times.get(callId) ?? 0) + 1;
    this.times.set(callId, times);
    return this.answers(job, times) ?? (job.endsMs <= this.clock.now() ? done(`Seen: ${job.task}`) : pending);
  }

  async health(): Promise<HealthReply> {
    return { healthy: true, message: 'The service answers.' };
  }

  /** @returns jobs that really ran at once, at the worst moment. */
  get peak(): number {
    return Math.max(0, ...this.journal.map(({ beganMs }) => this.runningAt(beganMs)));
  }

  runningAt(atMs: number): number {
    return this.journal.filter(({ beganMs, endsMs }) => beganMs <= atMs && atMs < endsMs).length;
  }

  /** @returns how many jobs each task had. */
  get jobsByTask(): Map<string, number> {
    const jobs = new Map<string, number>();
    for (const { task } of this.journal) jobs.set(task, (jobs.get(task) ?? 0) + 1);
    return jobs;
  }
}

function nameOf({ picture, prompt }: Question): string {
  return `${Buffer.from(picture).toString('utf8')}#${prompt}`;
}
