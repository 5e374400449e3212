import { type RateSample, ratePerSecond, type RunStatus, withRateSample } from '../domain/progress.ts';
import { TASK_QUEUES, type Role } from '../domain/temporal-names.ts';
import { oneLine } from '../domain/terminal.ts';
import type { Screen } from './screen.ts';
import { clusterLines, liveLines, progressLine, troubleLines } from './status-text.ts';

/** Shows what is seen of a run: redrawn lines on a terminal, now and then a line in a pipe. */
export interface ProgressView {
  /** @param status null where no worker answered. */
  seen(status: RunStatus | null, waitingFor: readonly string[]): Promise<void>;
  away(sentence: string): void;
  unserved(roles: readonly Role[]): void;
  /** Nothing has moved for a while, so that it is worth asking whether anybody works. */
  isStill(): boolean;
}

export interface ViewOptions {
  readonly screen: Screen;
  /** Called once, with the first status that says how many tiles there are. */
  readonly counted: (status: RunStatus) => Promise<void>;
  /** ms; `Date.now` unless told. */
  readonly now?: () => number;
}

const PLAIN_EVERY_MS = 5_000;
const ENUMERATING_QUIET_MS = 2_000;
const STILL_MS = 5_000;
const ASK_EVERY_MS = 10_000;
const LONGEST = 300;

function withRate(status: RunStatus, samples: readonly RateSample[]): RunStatus {
  const rate = ratePerSecond(samples) ?? status.rate_per_s;
  const left = status.expected - status.ok - status.failed - status.skipped;
  const eta = rate === null || rate <= 0 || left <= 0 ? null : Math.round(left / rate);
  return { ...status, rate_per_s: rate, eta_s: eta };
}

/** What an unserved role means, in words. */
export function unservedSentence(roles: readonly Role[]): string {
  const queues = roles.map((role) => TASK_QUEUES[role]);
  const how = roles.length === 3 ? '' : ` --role ${roles.join(',')}`;
  return roles.includes('workflows')
    ? `no worker is polling task queue ${TASK_QUEUES.workflows}: start one with \`tilescribe worker${how}\``
    : `no worker is polling task queue ${queues.join(', ')}: start one with \`tilescribe worker${how}\``;
}

class View implements ProgressView {
  readonly #options: ViewOptions;
  readonly #now: () => number;
  readonly #beganMs: number;
  #samples: readonly RateSample[] = [];
  #shown = '';
  #shownMs = 0;
  #movedMs: number;
  #askedMs = 0;
  #counted = false;
  #moved = '';
  readonly #told = new Set<string>();

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#beganMs = this.#now();
    this.#movedMs = this.#beganMs;
  }

  async seen(status: RunStatus | null, waitingFor: readonly string[]): Promise<void> {
    this.#back();
    if (status === null) return;
    if (!this.#counted && status.inputs > 0 && status.state !== 'enumerating') {
      this.#counted = true;
      await this.#options.counted(status);
    }
    this.#notice(status);
    this.#draw(withRate(status, this.#samples), waitingFor);
  }

  away(sentence: string): void {
    this.#tell('away', `${oneLine(sentence, LONGEST)} Trying again; the run goes on by itself.`);
  }

  unserved(roles: readonly Role[]): void {
    this.#askedMs = this.#now();
    if (roles.length === 0) this.#told.delete('unserved');
    else this.#tell('unserved', unservedSentence(roles));
  }

  isStill(): boolean {
    const now = this.#now();
    return now - this.#movedMs > STILL_MS && now - this.#askedMs > ASK_EVERY_MS;
  }

  #back(): void {
    if (this.#told.delete('away')) this.#options.screen.note('tilescribe: connected again.');
  }

  #notice(status: RunStatus): void {
    const { ok, failed, skipped, inputs, state } = status;
    const moved = JSON.stringify([ok, failed, skipped, inputs, state]);
    if (moved === this.#moved) return;
    this.#moved = moved;
    this.#movedMs = this.#now();
    if (status.expected > 0) this.#samples = withRateSample(this.#samples, { atMs: this.#movedMs, ended: ok + failed + skipped });
  }

  #draw(status: RunStatus, waitingFor: readonly string[]): void {
    const { screen } = this.#options;
    const { paint, columns } = screen;
    const trouble = [
      ...troubleLines(status, paint),
      ...waitingFor.map((text) => `${paint.yellow('waiting')}: ${oneLine(text, Math.max(40, columns - 12))}`),
    ];
    const live = [...liveLines(status, paint), ...clusterLines(status, true), ...trouble.map((line) => `  ${line}`)];
    if (screen.terminal) screen.live(live);
    else {
      this.#plain(status);
      for (const line of trouble) this.#tell(line, line);
    }
  }

  #plain(status: RunStatus): void {
    const { screen } = this.#options;
    const now = this.#now();
    const line = progressLine(status, screen.paint);
    if (this.#moved === this.#shown || now - this.#shownMs < PLAIN_EVERY_MS) return;
    if (status.state === 'enumerating' && now - this.#beganMs < ENUMERATING_QUIET_MS) return;
    this.#shown = this.#moved;
    this.#shownMs = now;
    if (status.state === 'enumerating') screen.note(line);
    else screen.line(line);
  }

  /** Says a thing once, until it has ended. */
  #tell(topic: string, text: string): void {
    if (this.#told.has(topic)) return;
    this.#told.add(topic);
    this.#options.screen.note(`tilescribe: ${text}`);
  }
}

export function createProgressView(options: ViewOptions): ProgressView {
  return new View(options);
}
