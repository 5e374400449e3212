import { describe, expect, it } from 'vitest';
import type { RunClient } from '../../adapters/temporal/run-client.ts';
import { leave } from '../../cli/detached-run.ts';
import { Failure } from '../../domain/failure.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { SERVICE_DEFAULTS, type Service } from '../../domain/service.ts';
import { RUN } from '../report/fixture.ts';
import { recordedScreen, type RecordedScreen } from '../support/recorded-screen.ts';
import { shownStatus } from '../support/shown-status.ts';

/** What Temporal and the run answer, look by look; the last one stays. */
interface Answers {
  readonly statuses?: readonly (RunStatus | null)[];
  readonly failure?: Failure;
}

const CAPTION: Service = {
  ...SERVICE_DEFAULTS,
  name: 'caption',
  api: 'qwen-vl',
  baseUrl: 'https://seer.example',
  model: 'm',
  headers: {},
  insecure: false,
  assumed: [],
};
const NOT_OPENED = shownStatus({ state: 'enumerating', output: null });

function clientOf({ statuses = [], failure }: Answers): RunClient {
  let looks = 0;
  const known: Partial<RunClient> = {
    look: async () => {
      looks += 1;
      const open = failure === undefined || looks <= statuses.length;
      return { open, stopped: false, startedAt: '2026-01-01T00:00:00Z', beats: [], waitingFor: [] };
    },
    status: async () => statuses[Math.min(looks, statuses.length) - 1] ?? null,
    ending: async () => (failure === undefined ? { kind: 'cancelled' } : { kind: 'failed', failure }),
  };
  return known as RunClient;
}

async function left(
  answers: Answers,
  json = false,
  services: readonly Service[] = [],
): Promise<RecordedScreen & { readonly exitCode: number }> {
  const recorded = recordedScreen({ json });
  const run = { client: clientOf(answers), runId: 'harbours-1', spec: RUN.spec, configuration: { gpus: 2, services } };
  return { ...recorded, exitCode: await leave({ ...run, screen: recorded.screen }) };
}

describe('a run that is started and left', () => {
  it('has its id printed once it is known to have begun', async () => {
    const { exitCode, stdout, stderr } = await left({ statuses: [NOT_OPENED, shownStatus()] });
    expect({ exitCode, stdout: stdout(), stderr: stderr() }).toEqual({ exitCode: 0, stdout: 'harbours-1\n', stderr: '' });
  });

  it.each([
    { json: false, printed: /^harbours-1\n$/u },
    { json: true, printed: /^\{.*\}\n$/u },
  ])('has nothing but its id on standard output; what is assumed is told beside it (json $json)', async ({ json, printed }) => {
    const { stdout, stderr } = await left({ statuses: [shownStatus()] }, json, [CAPTION]);
    expect(stdout()).toMatch(printed);
    expect(stderr()).toMatch(/at most \d+ jobs?/u);
  });

  it('tells a program its state', async () => {
    const { stdout } = await left({ statuses: [shownStatus()] }, true);
    expect(JSON.parse(stdout())).toEqual({ run_id: 'harbours-1', state: 'running' });
  });

  it('is a failure where it could not begin', async () => {
    const failure = new Failure(
      'InvalidConfiguration',
      'Service big needs 3 GPUs for one container of jobs, and the cap is 2 GPUs.',
    );
    await expect(left({ statuses: [NOT_OPENED], failure })).rejects.toBe(failure);
    await expect(left({ failure })).rejects.toBe(failure);
  });

  it('is started also where no worker is there yet, and that is said', async () => {
    const { exitCode, stdout, stderr } = await left({ statuses: [null] });
    expect({ exitCode, stdout: stdout() }).toEqual({ exitCode: 0, stdout: 'harbours-1\n' });
    expect(stderr()).toBe('no worker has looked at it yet: start one with `tilescribe worker`\n');
  });
});
