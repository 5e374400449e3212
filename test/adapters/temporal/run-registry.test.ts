import { createRunRegistry } from '../../../adapters/temporal/run-registry.ts';
import { WORKFLOW_TYPES } from '../../../domain/temporal-names.ts';
import { runRegistryContract } from '../../contracts/run-registry.ts';
import { FakeRegistry } from '../../support/fake-registry.ts';
import { openNamespace } from '../../support/temporal-namespace.ts';

runRegistryContract('Temporal', async () => {
  const place = await openNamespace();
  const { workflow } = place.client;
  return {
    registry: createRunRegistry(place.client),
    begin: async (workflowId) => {
      await workflow.start(WORKFLOW_TYPES.run, { taskQueue: 'nobody', workflowId, args: [] });
    },
    end: async (workflowId) => void (await workflow.getHandle(workflowId).terminate()),
    close: () => place.close(),
  };
});

runRegistryContract('the fake', async () => {
  const registry = new FakeRegistry();
  return {
    registry,
    begin: async (runId) => registry.begin(runId),
    end: async (runId) => registry.end(runId),
    close: async () => {},
  };
});
