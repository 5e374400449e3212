import type { IntakeEnd, IntakePorts, IntakeSettings } from '../../intake/ports.ts';
import { eventFilter } from '../../intake/filter.ts';
import { takeIn } from '../../intake/intake.ts';
import type { RunSpec } from '../../domain/spec.ts';
import { parseSpec } from '../../schema/spec.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { FakeRuns } from './fake-runs.ts';

export const SPEC: RunSpec = parseSpec({
  dataset: 'harbours',
  input: { uri: 's3://images/tiles/', exclude: ['**/draft-*'] },
  output: { uri: 's3://results/harbours/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
});

/** What a process meets when it is killed: nothing of it goes on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Calls of a process at its ports; the last of them never returns. */
export interface KillAt {
  readonly call: number;
  /** Whether the call has had its effect. */
  readonly after: boolean;
}

type Ports = Omit<IntakePorts, 'clock' | 'tell'>;

/** @returns the ports of a process that is killed at one of its calls. */
function mortal(ports: Ports, { call, after }: KillAt): Ports {
  let calls = 0;
  const dying = <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) => {
    return async (...args: Args): Promise<T> => {
      calls += 1;
      if (calls > call || (calls === call && !after)) throw new Killed();
      const done = await work(...args);
      if (calls >= call) throw new Killed();
      return done;
    };
  };
  const { queue, store, runs } = ports;
  return {
    queue: {
      receive: dying((options) => queue.receive(options)),
      remove: dying((messages) => queue.remove(messages)),
      extend: dying((messages, ms) => queue.extend(messages, ms)),
      setAside: dying((message, reason) => queue.setAside(message, reason)),
    },
    store: {
      ...readingOf(store),
      put: dying((at, body) => store.put(at, body)),
      get: dying((at, options) => store.get(at, options)),
    },
    runs: {
      start: dying((runId, spec) => runs.start(runId, spec)),
      isOpen: dying((runId) => runs.isOpen(runId)),
      openRuns: dying((prefix) => runs.openRuns(prefix)),
    },
  };
}

function readingOf(store: Ports['store']): Ports['store'] {
  return {
    list: (query) => store.list(query),
    head: (at) => store.head(at),
    get: (at, options) => store.get(at, options),
    put: (at, body) => store.put(at, body),
    upload: (at, body) => store.upload(at, body),
  };
}

/** A bucket, its queue, and runs, all of them in memory and on one clock that the test moves. */
export class IntakeWorld {
  readonly clock = new FakeClock();
  readonly queue = new MemoryQueue(this.clock);
  readonly store = new MemoryStore(['images', 'results']);
  readonly runs = new FakeRuns(this.store, this.clock);
  readonly told: string[] = [];
  private sequence = 0;

  /** Puts an object. @returns its event as S3 sends it. */
  put(key: string, more: { readonly etag?: string; readonly size?: number; readonly bucket?: string } = {}): string {
    this.sequence += 1;
    const { etag = `e${this.sequence}`, size = 1, bucket = 'images' } = more;
    this.runs.objects.set(key, etag);
    return this.event('ObjectCreated:Put', bucket, { key, size, eTag: etag });
  }

  /** Deletes an object. @returns its event. */
  remove(key: string): string {
    this.sequence += 1;
    this.runs.objects.delete(key);
    return this.event('ObjectRemoved:Delete', 'images', { key });
  }

  settings(more: Partial<IntakeSettings> = {}): IntakeSettings {
    const { spec = SPEC } = more;
    return {
      spec,
      filter: eventFilter(spec),
      batch: 100,
      everyMs: 60_000,
      runs: 4,
      once: true,
      deadLetters: true,
      signal: new AbortController().signal,
      ...more,
    };
  }

  /** An intake as a process of its own. */
  intake(more: Partial<IntakeSettings> = {}, kill: KillAt | null = null): Promise<IntakeEnd> {
    const { queue, store, runs, clock } = this;
    const ports = kill === null ? { queue, store, runs } : mortal({ queue, store, runs }, kill);
    return takeIn({ ...ports, clock, tell: (line) => this.told.push(line) }, this.settings(more));
  }

  /** The same, to its end. */
  run(more: Partial<IntakeSettings> = {}, kill: KillAt | null = null): Promise<IntakeEnd> {
    return this.clock.run(this.intake(more, kill));
  }

  /** The objects that no run has asked about. */
  missed(): string[] {
    const asked = new Set(this.runs.asked.map(({ name }) => name));
    return [...this.runs.objects].map(([key, etag]) => `${key}@${etag}`).filter((name) => !asked.has(name));
  }

  private event(eventName: string, bucket: string, object: { readonly key: string; readonly [field: string]: unknown }): string {
    const key = encodeURIComponent(object.key).replaceAll('%20', '+').replaceAll('%2F', '/');
    const sequencer = this.sequence.toString(16).toUpperCase().padStart(16, '0');
    const s3 = { bucket: { name: bucket }, object: { ...object, key, sequencer } };
    return JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName, s3 }] });
  }
}
