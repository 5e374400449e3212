import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunClient, type RunClient } from '../../adapters/temporal/run-client.ts';
import { BUDGET_WORKFLOW_ID } from '../../domain/temporal-names.ts';
import { configuredFor, idleReport } from '../support/lease-report.ts';
import { sharedServers } from '../support/servers.ts';
import { type BudgetWorld, openBudgetWorld } from './budget-world.ts';

const CONFIGURED = { ...configuredFor({ jobs: 16 }), gpus: 2 };
/** More than the budget takes before it continues as new (workflows/budget.ts). */
const MANY = 824;
const AT_ONCE = 8;

describe('setting the budget', () => {
  const before = { ...process.env };
  let world: BudgetWorld;
  let client: RunClient;
  let seq = 0;
  const asks = (service: string) => {
    const report = { holder: `night/${service}/0`, service, configured: CONFIGURED, want: { jobs: 100, http: 8 } };
    return world.desk.report(idleReport({ ...report, seq: (seq += 1) }));
  };
  const runId = async (): Promise<string> => (await world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe()).runId;

  beforeAll(async () => {
    world = await openBudgetWorld();
    process.env['TEMPORAL_ADDRESS'] = sharedServers().temporal.address;
    process.env['TEMPORAL_NAMESPACE'] = world.client.options.namespace;
    client = await openRunClient();
  });
  afterAll(async () => {
    for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']) delete process.env[name];
    Object.assign(process.env, before);
    await client.close();
    await world.close();
  });

  it('needs no run: the budget starts with it, and holds it for the first that asks', async () => {
    expect(await client.budget(Date.now())).toMatchObject({ services: [], gpus: { cap: 0 } });
    await client.setBudget({ gpus: 1, service: 'caption', figures: { inputsPerContainer: 4 } });
    expect(await client.budget(Date.now())).toMatchObject({
      gpus: { cap: 1, why: 'set by hand (`tilescribe budget set`)' },
      overrides: { gpus: 1, services: { caption: { inputsPerContainer: 4 } } },
    });
    expect((await asks('caption')).granted.jobs).toBe(4);
  });

  it('leaves what is in flight alone, and holds from the next report on', async () => {
    await client.setBudget({ service: 'caption', figures: { inputsPerContainer: 3 } });
    expect(await client.budget(Date.now())).toMatchObject({
      services: [{ set: { inputsPerContainer: 3 }, holders: [{ granted: { jobs: 4 } }] }],
    });
    expect((await asks('caption')).granted.jobs).toBe(3);
  });

  it('that makes no sense is refused with a sentence, and changes nothing', async () => {
    await expect(client.setBudget({ gpus: 0 })).rejects.toMatchObject({
      kind: 'InvalidConfiguration',
      message: 'The budget refuses it: gpus is 0; expected a whole number from 1 to 1024.',
    });
    expect((await client.budget(Date.now()))?.gpus.cap).toBe(1);
  });

  it('stays when the budget continues as new', async () => {
    const first = await runId();
    const setter = async (): Promise<void> => {
      for (let left = MANY / AT_ONCE; left > 0; left -= 1) await client.setBudget({ gpus: 1 });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, setter));
    await expect.poll(runId).not.toBe(first);
    expect(await client.budget(Date.now())).toMatchObject({
      overrides: { gpus: 1, services: { caption: { inputsPerContainer: 3 } } },
    });
  });

  it('is taken back', async () => {
    await client.setBudget({ gpus: null });
    await client.setBudget({ service: 'caption', figures: { inputsPerContainer: 'unset' } });
    expect(await client.budget(Date.now())).toMatchObject({ gpus: { cap: 2 }, overrides: { gpus: null, services: {} } });
  });
});
