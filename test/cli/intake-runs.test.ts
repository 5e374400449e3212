import { describe, expect, it } from 'vitest';
import type { Ending } from '../../adapters/temporal/ending.ts';
import type { RunClient } from '../../adapters/temporal/run-client.ts';
import { intakeRuns } from '../../cli/intake-runs.ts';
import { Failure } from '../../domain/failure.ts';
import type { RunLook } from '../../intake/ports.ts';
import { shownStatus } from '../support/shown-status.ts';

/** A client that knows one run. */
function clientOf(seen: { readonly open?: boolean; readonly ending?: Ending; readonly failure?: Failure }): RunClient {
  const known: Partial<RunClient> = {
    look: async () => {
      if (seen.failure !== undefined) throw seen.failure;
      return { open: seen.open ?? false, startedAt: '', beats: [], waitingFor: [], stopped: false };
    },
    ending: async () => seen.ending ?? { kind: 'cancelled' },
  };
  return known as RunClient;
}

const look = (seen: Parameters<typeof clientOf>[0]): Promise<RunLook> => intakeRuns(clientOf(seen)).look('r');

describe('a run of events', () => {
  it('is open as long as Temporal says so', async () => {
    expect(await look({ open: true })).toBe('open');
  });

  it('has ended once it is done, or was cancelled', async () => {
    expect(await look({ ending: { kind: 'ended', status: shownStatus() } })).toBe('ended');
    expect(await look({ ending: { kind: 'cancelled' } })).toBe('ended');
  });

  it('is told from one that nobody has started', async () => {
    expect(await look({ failure: new Failure('NotFound', 'There is no run r.') })).toBe('unknown');
  });

  it('that could not go on says why', async () => {
    const failure = new Failure('Denied', 'S3 refused the output.');
    expect(await look({ ending: { kind: 'failed', failure } })).toBe(failure);
  });

  it('is not judged while Temporal is away', async () => {
    const away = new Failure('Unreachable', 'Temporal cannot be reached.');
    await expect(look({ failure: away })).rejects.toBe(away);
  });
});
