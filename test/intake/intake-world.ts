import type { IntakeEnd, IntakePorts, IntakeSettings } from '../../intake/ports.ts';
import { eventFilter } from '../../intake/filter.ts';
import { takeIn } from '../../intake/intake.ts';
import type { RunSpec } from '../../domain/spec.ts';
import { parseSpec } from '../../schema/spec.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
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

/** What surrounds every call of a process at its ports. */
type Around = <T>(work: () => Promise<T>) => Promise<T>;

/** @returns what kills a process at one of its calls. */
function deadly({ call, after }: KillAt): Around {
  let calls = 0;
  return async (work) => {
    calls += 1;
    if (calls > call || (calls === call && !after)) throw new Killed();
    const done = await work();
    if (calls >= call) throw new Killed();
    return done;
  };
}

/** @returns what makes every call, and every reply, take a time of its own. @param roll in ms; 0 is no time. */
function slowly(clock: FakeClock, roll: () => number): Around {
  return async (work) => {
    await clock.sleep(roll());
    const done = await work();
    await clock.sleep(roll());
    return done;
  };
}

/** @returns the same ports, every call of them surrounded. */
function surrounded({ queue, store, pointers, runs }: Ports, around: Around): Ports {
  return {
    queue: {
      receive: (options) => around(() => queue.receive(options)),
      remove: (messages) => around(() => queue.remove(messages)),
      extend: (messages, ms) => around(() => queue.extend(messages, ms)),
      setAside: (message, reason) => around(() => queue.setAside(message, reason)),
    },
    store: {
      list: (query) => store.list(query),
      head: (at) => around(() => store.head(at)),
      get: (at, options) => around(() => store.get(at, options)),
      put: (at, body) => around(() => store.put(at, body)),
      upload: (at, body) => around(() => store.upload(at, body)),
    },
    pointers: {
      read: (at) => around(() => pointers.read(at)),
      replace: (at, bytes, etag) => around(() => pointers.replace(at, bytes, etag)),
    },
    runs: {
      start: (runId, spec) => around(() => runs.start(runId, spec)),
      look: (runId) => around(() => runs.look(runId)),
    },
  };
}

/** How one intake lives. */
export interface Life {
  /** Null of one that nobody kills. */
  readonly kill?: KillAt | null;
  /** How long each of its calls takes, and each reply, ms; none takes any time where it is left out. */
  readonly roll?: () => number;
}

/** A bucket, its queue, and runs, all of them in memory and on one clock that the test moves. */
export class IntakeWorld {
  readonly clock = new FakeClock();
  readonly queue = new MemoryQueue(this.clock);
  readonly store = new MemoryStore(['images', 'results']);
  readonly pointers = memoryPointers(this.store);
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

  /** Deletes an object, or an old version of it for good. @returns its event. */
  remove(key: string, version: { readonly versionId?: string } = {}): string {
    this.sequence += 1;
    if (version.versionId === undefined) this.runs.objects.delete(key);
    return this.event('ObjectRemoved:Delete', 'images', { key, ...version });
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
  intake(more: Partial<IntakeSettings> = {}, { kill = null, roll }: Life = {}): Promise<IntakeEnd> {
    const { queue, store, pointers, runs, clock } = this;
    const arounds = [...(roll === undefined ? [] : [slowly(clock, roll)]), ...(kill === null ? [] : [deadly(kill)])];
    const ports = arounds.reduce<Ports>((inner, around) => surrounded(inner, around), { queue, store, pointers, runs });
    return takeIn({ ...ports, clock, tell: (line) => this.told.push(line) }, this.settings(more));
  }

  /** The same, to its end. */
  run(more: Partial<IntakeSettings> = {}, life: Life = {}): Promise<IntakeEnd> {
    return this.clock.run(this.intake(more, life));
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
