import { describe, expect, it } from 'vitest';
import { DONE, slices, untilStopped } from '../../workflows/script.ts';
import { clientOfThisFile } from './client-of-world.ts';

const here = clientOfThisFile();

describe('an order to a run that has ended', () => {
  it.each(['pause', 'resume', 'cancel'] as const)('%s changes nothing, and says so', async (order) => {
    const run = await here.world.start({});
    await run.result();
    await expect(here.client[order](run.id)).rejects.toMatchObject({
      kind: 'NotFound',
      message: `Run ${run.id} has ended already, and nothing was changed; \`tilescribe status ${run.id}\` says how it ended.`,
    });
  });

  it('cancels it as often as it is given where it is being cancelled, or was', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [untilStopped(), DONE] }) });
    await run.begins('advance vqa/0 work');
    expect(await here.client.cancel(run.id)).toBe('requested');
    await here.client.cancel(run.id);
    await run.result().catch(() => undefined);
    expect(await here.client.cancel(run.id)).toBe('already');
  });
});
