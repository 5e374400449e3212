import type { Clock } from '../../ports/clock.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import type { ModelService } from '../../ports/model-service.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { gate, type Gate } from './gate.ts';

/** One process: stopped, nothing leaves it and nothing reaches it; never woken, it has crashed. */
export class Machine {
  private stopped: Gate | null = null;

  get running(): boolean {
    return this.stopped === null;
  }

  stop(): void {
    this.stopped ??= gate();
  }

  wake(): void {
    const stopped = this.stopped;
    this.stopped = null;
    stopped?.open();
  }

  store(store: ObjectStore): ObjectStore {
    const ready = (): Promise<void> => this.ready();
    return {
      async *list(query) {
        await ready();
        for await (const page of store.list(query)) {
          await ready();
          yield page;
        }
      },
      head: (at, options) => this.through(() => store.head(at, options)),
      get: (at, options) => this.through(() => store.get(at, options)),
      put: (at, body) => this.through(() => store.put(at, body)),
      upload: (at, body) => this.through(() => store.upload(at, body)),
    };
  }

  desk(desk: LeaseDesk): LeaseDesk {
    return { report: (report) => this.through(() => desk.report(report)), calls: () => this.through(() => desk.calls()) };
  }

  service(service: ModelService): ModelService {
    return {
      submit: (question) => this.through(() => service.submit(question)),
      poll: (callId) => this.through(() => service.poll(callId)),
      health: () => this.through(() => service.health()),
    };
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      roll: () => clock.roll(),
      sleep: (ms, signal) => this.through(() => clock.sleep(ms, signal)),
    };
  }

  private async ready(): Promise<void> {
    while (this.stopped !== null) await this.stopped.opened;
  }

  private async through<Result>(act: () => Promise<Result>): Promise<Result> {
    await this.ready();
    try {
      return await act();
    } finally {
      await this.ready();
    }
  }
}
