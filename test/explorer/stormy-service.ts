import type { PollReply, SubmitReply } from '../../domain/reply.ts';
import type { Question } from '../../ports/model-service.ts';
import { accepted, reply } from '../support/fake-service.ts';
import { JobService } from '../support/job-service.ts';
import type { Chances } from './dice.ts';
import type { Storm } from './storm.ts';

type Fate = 'late there' | 'late back' | 'answer lost' | 'accepted late, answer lost' | 'never accepted' | 'busy' | 'refused';

const SUBMITS: Chances<Fate> = {
  'late there': 0.06,
  'late back': 0.06,
  'answer lost': 0.06,
  'accepted late, answer lost': 0.03,
  'never accepted': 0.03,
  busy: 0.05,
  refused: 0.02,
};
const POLLS: Chances<'cut off' | 'slow'> = { 'cut off': 0.03, slow: 0.03 };
const TRAVELS_MS = [1_000, 6_000, 25_000, 59_000] as const;
const JOBS_MS = [500, 4_000, 12_000, 29_000] as const;

/** A service that is slow to take requests and to answer them, loses answers, and says no. */
export class StormyService extends JobService {
  private readonly storm: Storm;
  private submits = 0;

  constructor(storm: Storm) {
    super(storm.clock);
    this.storm = storm;
  }

  override async submit(question: Question): Promise<SubmitReply> {
    const { dice, chronicle, clock } = this.storm;
    this.submits += 1;
    const task = Buffer.from(question.picture).toString();
    const about = `${this.submits} of ${task}`;
    this.arrivals.push({ task, atMs: clock.now() });
    const fate = dice.strike('submit', about, SUBMITS);
    const travelMs = dice.of(`${about} travels`, TRAVELS_MS) + dice.roll(about) * 500;
    chronicle.note(`submit ${about} leaves${fate === null ? '' : `: ${fate} (${Math.round(travelMs)} ms)`}`);
    if (fate === 'busy') return reply('busy', { retryAfterMs: 1_000 });
    if (fate === 'refused') return reply('refused', { digest: `refusal ${this.submits}` });
    if (fate === 'accepted late, answer lost') void this.later(travelMs, () => this.accept(question, about));
    await clock.sleep(fate === 'late there' || fate === 'never accepted' ? travelMs : this.requestMs);
    if (fate === 'accepted late, answer lost' || fate === 'never accepted') return reply('ambiguous');
    const callId = this.accept(question, about);
    if (fate === 'late back') await clock.sleep(travelMs - this.requestMs);
    chronicle.note(`submit ${about} ends ${fate === 'answer lost' ? 'without an answer' : `with ${callId}`}`);
    return fate === 'answer lost' ? reply('ambiguous') : accepted(callId);
  }

  override async poll(callId: string): Promise<PollReply> {
    const fate = this.storm.dice.strike('poll', callId, POLLS);
    if (fate === 'cut off') return reply('transport');
    if (fate === 'slow') await this.storm.clock.sleep(20_000 * this.storm.dice.roll(callId));
    return super.poll(callId);
  }

  /** A job of somebody begins. @returns its call. */
  begin(task: string, jobMs: number): string {
    const beganMs = this.storm.clock.now();
    const callId = `fc-${this.journal.length + 1}`;
    this.journal.push({ callId, task, beganMs, endsMs: beganMs + jobMs });
    return callId;
  }

  private accept({ picture, prompt }: Question, about: string): string {
    const { dice, chronicle } = this.storm;
    const jobMs = dice.calm ? this.jobMs : dice.of(`job of ${about}`, JOBS_MS);
    const callId = this.begin(`${Buffer.from(picture).toString()}#${prompt}`, jobMs);
    chronicle.note(
      `submit ${about} is accepted as ${callId}, runs ${jobMs} ms; ${this.runningAt(this.storm.clock.now())} running`,
    );
    return callId;
  }

  private async later(ms: number, act: () => void): Promise<void> {
    await this.storm.clock.sleep(ms);
    act();
  }
}
