import { describe, expect, it } from 'vitest';
import type { Ending } from '../../adapters/temporal/ending.ts';
import type { RunClient } from '../../adapters/temporal/run-client.ts';
import { seenRun } from '../../cli/backfill-look.ts';
import type { Seen } from '../../domain/backfill.ts';
import { Failure } from '../../domain/failure.ts';
import type { StrandBeat } from '../../domain/live.ts';
import type { RunStatus } from '../../domain/progress.ts';
import type { RunSpec } from '../../domain/spec.ts';
import { runDocument } from '../../schema/run.ts';
import { RUN } from '../report/fixture.ts';
import { shownStatus } from '../support/shown-status.ts';

const URI = 's3://results/harbours/run=harbours-1/';
const COUNTS = { inputs: 4, tasks: 2, expected: 8, ok: 6, failed: 1, skipped: 1, unfinished: 0 };
const MANIFEST = {
  schema_version: 1,
  run_id: 'harbours-1',
  dataset: 'harbours',
  state: 'complete',
  started_at: '2026-03-01T01:00:00.000Z',
  ended_at: '2026-03-01T02:00:00.000Z',
  ...COUNTS,
  ignored: { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 },
  harvest: { records: 5, jobs: 2, gpu_seconds: 3, from: [] },
  missing: [],
  parts: [],
};

/** What Temporal and S3 know of the run; nothing where nothing is told. */
interface World {
  readonly temporal?: 'open' | 'stopped' | 'closed';
  readonly status?: RunStatus | null;
  readonly ending?: Ending;
  readonly manifest?: object;
  readonly asked?: RunSpec;
  readonly beats?: readonly StrandBeat[];
}

function clientOf({ temporal, status = null, ending = { kind: 'cancelled' }, beats = [] }: World): RunClient {
  const known: Partial<RunClient> = {
    look: async () => {
      if (temporal === undefined) throw new Failure('NotFound', 'There is no run harbours-1.');
      const [open, stopped] = [temporal === 'open', temporal === 'stopped'];
      return { open, stopped, startedAt: '2026-03-01T01:00:00Z', beats, waitingFor: [] };
    },
    status: async () => status,
    ending: async () => ending,
  };
  return known as RunClient;
}

function seen(world: World): Promise<Seen> {
  const { manifest, asked = RUN.spec } = world;
  const files: Record<string, string | null> = {
    'manifest.json': manifest === undefined ? null : JSON.stringify(manifest),
    'run.json': JSON.stringify(runDocument({ ...RUN, spec: asked }, { specSha256: '0', gpus: 2, versions: {} })),
  };
  const nothing = async (): Promise<never> => expect.unreachable();
  const output = { uri: URI, bytes: nothing, close: async () => undefined, text: async (path: string) => files[path] ?? null };
  return seenRun(clientOf(world), { runId: 'harbours-1', spec: RUN.spec, output });
}

const failed = (kind: 'NotFound' | 'Denied', message: string): Ending => ({
  kind: 'failed',
  failure: new Failure(kind, message),
});
const FIGURES = { tiles: 4, ok: 6, failed: 1, takenOver: 5, endedAt: '2026-03-01T02:00:00.000Z' };

describe('what Temporal and S3 say of the run of a date', () => {
  it('is what manifest.json says, also where Temporal has forgotten it', async () => {
    const complete = { state: 'complete', figures: FIGURES, reason: null, closed: true };
    expect(await seen({ manifest: MANIFEST })).toEqual(complete);
    expect(await seen({ temporal: 'stopped', manifest: MANIFEST })).toEqual(complete);
    expect(await seen({ manifest: { ...MANIFEST, state: 'cancelled', unfinished: 3 } })).toMatchObject({
      state: 'cancelled',
      closed: true,
    });
    expect(await seen({ manifest: { ...MANIFEST, unfinished: 3 } })).toMatchObject({ state: 'unfinished', closed: true });
    expect(await seen({ manifest: { ...MANIFEST, state: 'failed' } })).toMatchObject({ state: 'failed', closed: true });
  });

  it('is new where nobody knows of it', async () => {
    expect(await seen({})).toEqual({ state: 'new', figures: null, reason: null, closed: false });
  });

  it('is stopped where its workflow was terminated: it goes on', async () => {
    expect(await seen({ temporal: 'stopped' })).toMatchObject({ state: 'stopped', closed: false });
  });

  it('is open with what it says of itself, or halted with why', async () => {
    expect(await seen({ temporal: 'open' })).toMatchObject({ state: 'open', figures: null });
    expect(await seen({ temporal: 'open', status: shownStatus() })).toMatchObject({
      state: 'open',
      figures: { tiles: 1_000, ok: 1_400 },
    });
    const beats = [{ lane: 'caption', strand: 0, ok: 1_450, failed: 0, skipped: 0, errors: {}, in_flight: 8 }];
    expect(await seen({ temporal: 'open', status: shownStatus(), beats })).toMatchObject({ figures: { ok: 1_450, failed: 60 } });
    const halt = { service: 'caption', code: 'gone', message: 'It is gone.', action: 'Deploy it.' } as const;
    const status = shownStatus({ state: 'halted', halted_services: [halt] });
    expect(await seen({ temporal: 'open', status })).toMatchObject({ state: 'halted', reason: 'It is gone.' });
  });

  it('is no failure where there was no tile, and one where something is missing or refused', async () => {
    const none = 'No tiles in s3://imagery/2026/01/03/: nothing is there.';
    expect(await seen({ temporal: 'closed', ending: failed('NotFound', none) })).toMatchObject({
      state: 'no_tiles',
      reason: none,
    });
    const bucket = 'There is no bucket imagery. Correct the bucket in input.uri.';
    expect(await seen({ temporal: 'closed', ending: failed('NotFound', bucket) })).toMatchObject({
      state: 'failed',
      closed: false,
    });
    expect(await seen({ temporal: 'closed', ending: failed('Denied', 'No.') })).toMatchObject({ state: 'failed', reason: 'No.' });
  });

  it('is what the workflow says where the output cannot be read from here', async () => {
    const ended = (more: Partial<RunStatus>): World => ({
      temporal: 'closed',
      ending: { kind: 'ended', status: shownStatus(more) },
    });
    const all = { ok: 2_900, failed: 60, skipped: 40 };
    expect(await seen(ended({ state: 'complete', ...all }))).toMatchObject({
      state: 'complete',
      figures: { ok: 2_900, takenOver: null },
    });
    expect(await seen(ended({ state: 'complete' }))).toMatchObject({ state: 'unfinished', closed: true });
    expect(await seen(ended({ state: 'failed', ...all }))).toMatchObject({ state: 'failed', closed: true });
    expect(await seen({ temporal: 'closed' })).toMatchObject({ state: 'cancelled', closed: true });
  });
});

describe('a run of the same id that asks something else', () => {
  it('is refused, with what to do', async () => {
    const window = { timeZone: 'Asia/Kolkata' };
    const asked = { ...RUN.spec, image: { ...RUN.spec.image, maxSide: 512 }, priority: 'nightly', window } as const;
    await expect(seen({ manifest: MANIFEST, asked })).rejects.toThrow(
      `Run harbours-1 is there with another spec: they differ in image.maxSide (${URI}run.json has what it asked). Give this backfill another --name; what is the same is taken over from the earlier runs.`,
    );
    const elsewhere = shownStatus({ state: 'complete', output: 's3://results/other/run=harbours-1/' });
    const ending = { kind: 'ended', status: elsewhere } as const;
    for (const world of [
      { temporal: 'closed', ending },
      { temporal: 'open', status: elsewhere },
    ] as const)
      await expect(seen(world)).rejects.toThrow('it writes to s3://results/other/run=harbours-1/, not to');
  });

  it('is not one that has another priority or window', async () => {
    const asked = { ...RUN.spec, priority: 'backfill', window: { timeZone: 'Asia/Kolkata' } } as const;
    expect(await seen({ manifest: MANIFEST, asked })).toMatchObject({ state: 'complete' });
  });
});
