import type { RunRegistry } from '../../ports/run-registry.ts';

/** Knows which runs go on because it is told. */
export class FakeRegistry implements RunRegistry {
  readonly #open = new Set<string>();

  begin(runId: string): void {
    this.#open.add(runId);
  }

  end(runId: string): void {
    this.#open.delete(runId);
  }

  async isOpen(runId: string): Promise<boolean> {
    return this.#open.has(runId);
  }
}
