import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRegistry } from '../../ports/run-registry.ts';
import { uniqueName } from '../support/servers.ts';

/** A registry and what only its owner can do with it. */
export interface RegistryWorld {
  readonly registry: RunRegistry;
  begin(runId: string): Promise<void>;
  end(runId: string): Promise<void>;
  close(): Promise<void>;
}

/** What every RunRegistry promises, whoever keeps it. */
export function runRegistryContract(name: string, create: () => Promise<RegistryWorld>): void {
  describe(`${name} as a registry of runs`, () => {
    let world: RegistryWorld;
    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    it('knows a run as open from its beginning to its end, and again when it is started again', async () => {
      const runId = uniqueName('run');
      expect(await world.registry.isOpen(runId)).toBe(false);
      await world.begin(runId);
      expect(await world.registry.isOpen(runId)).toBe(true);
      await world.end(runId);
      expect(await world.registry.isOpen(runId)).toBe(false);
      await world.begin(runId);
      expect(await world.registry.isOpen(runId)).toBe(true);
      await world.end(runId);
    });

    it('tells runs apart', async () => {
      const [open, never] = [uniqueName('run'), uniqueName('run')];
      await world.begin(open);
      expect(await Promise.all([open, never].map((runId) => world.registry.isOpen(runId)))).toEqual([true, false]);
      await world.end(open);
    });
  });
}
