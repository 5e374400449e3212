import type { ServiceParts } from './job-queue.ts';
import type { Call } from './faults.ts';
import type { PoolChange } from './pool.ts';
import { TickingPool } from './ticking-pool.ts';

/** A request that was let in. */
export interface OpenRequest {
  readonly number: number;
  readonly call: Call;
}

/**
 * The HTTP side of a service: counts the requests that are open, and where it holds a GPU has containers of its own,
 * so that a request may wait for one to boot.
 */
export class FrontEnd {
  readonly #parts: ServiceParts;
  readonly #pool: TickingPool | null;
  readonly #admitted = new Map<string, () => void>();
  #requests = 0;
  #open = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    const { options } = parts;
    const limits = {
      inputsPerContainer: options.httpInputs,
      slots: options.httpInputs,
      maxContainers: options.maxContainers,
      coldStartMs: options.coldStartSeconds * 1_000,
      scaledownMs: options.scaledownSeconds * 1_000,
    };
    this.#pool = options.httpHoldsGpu ? new TickingPool(limits, parts.now, (change) => this.#changed(change)) : null;
  }

  /** Counts a request in at once; resolves when a container takes it. */
  open(call: Call): { readonly request: OpenRequest; readonly admitted: Promise<void> } {
    const request = { number: ++this.#requests, call };
    this.#open += 1;
    this.#pool?.advance();
    this.#parts.note({ event: 'request_open', pool: 'http', call, request: request.number, inflight: this.#open });
    return { request, admitted: this.#pool === null ? Promise.resolve() : this.#admit(this.#pool, request) };
  }

  /** @param status what was answered; null where nothing was. */
  closeRequest({ number, call }: OpenRequest, status: number | null): void {
    this.#open -= 1;
    this.#pool?.advance();
    const seen = status === null ? {} : { status };
    this.#parts.note({ event: 'request_closed', pool: 'http', call, request: number, inflight: this.#open, ...seen });
    this.#pool?.finish(String(number));
  }

  close(): void {
    this.#pool?.close();
    for (const resolve of this.#admitted.values()) resolve();
  }

  async #admit(pool: TickingPool, request: OpenRequest): Promise<void> {
    const id = String(request.number);
    const admitted = new Promise<void>((resolve) => void this.#admitted.set(id, resolve));
    pool.submit({ id, work: () => null });
    await admitted;
  }

  #changed({ atMs, change, container, input }: PoolChange): void {
    if (input === null) return this.#parts.note({ event: change, pool: 'http', container }, atMs);
    if (change !== 'started') return;
    this.#admitted.get(input)?.();
    this.#admitted.delete(input);
  }
}
