import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../local/services/faults.ts';
import { brokenPromises, extraJobs } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { putTiles } from './tiles.ts';
import { statusOf, untilAccepted } from './waiting.ts';

const LIMIT_MS = 60_000;
const TILES = 110;
const CAPTION = [{ id: 'caption', kind: 'caption' }];

let scene: Scene;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  scene = await openScene((close) => void ends.push(close), {
    configured: { away: { baseUrl: 'http://127.0.0.1:9' } },
    variables: { TILESCRIBE_UNREACHABLE_SECONDS: '2' },
  });
  await putTiles(scene.bucket, TILES);
  await scene.worker();
});
afterAll(() => Promise.all(ends.map((end) => end())));

const faults = (...of: Fault[]): void => scene.simulation.configure('caption', { faults: of });

interface Halting {
  readonly what: string;
  readonly faults: readonly Fault[];
  readonly service: string;
  readonly code: string;
  readonly exitCode: number;
  readonly says: string;
}

const HALTS: readonly Halting[] = [
  { what: 'is gone', faults: [{ fault: 'gone' }], service: 'caption', code: 'gone', exitCode: 4, says: 'caption' },
  {
    what: 'answers with a web page',
    faults: [{ fault: 'html' }],
    service: 'caption',
    code: 'gone',
    exitCode: 4,
    says: 'caption',
  },
  { what: 'cannot be reached', faults: [], service: 'away', code: 'unreachable', exitCode: 4, says: 'away' },
  {
    what: 'fails too often',
    faults: [{ fault: 'rejected' }],
    service: 'caption',
    code: 'failures',
    exitCode: 1,
    says: 'failures.maxPercent 20',
  },
];

describe('a run halts', () => {
  test('where the service refuses us, and goes on after resume without a job too many', { timeout: LIMIT_MS }, async () => {
    const spec = await scene.file('run.json', specOf(scene, { tasks: CAPTION }));
    const run = await scene.start(['run', spec, '--run-id', 'refused']);
    await untilAccepted(scene, 20);
    faults({ fault: 'unauthorized' });
    const halted = await run.ended;
    expect(halted).toMatchObject({ exitCode: 3 });
    expect(halted.stdout).toContain(': our credentials are refused. The service answered 401');
    expect(halted.stdout).toContain('tilescribe resume refused');
    expect(await statusOf(scene, 'refused')).toMatchObject({ state: 'halted', halted_services: [{ code: 'credentials' }] });

    faults();
    expect(await scene.tilescribe(['resume', 'refused'])).toMatchObject({ exitCode: 0 });
    expect(await scene.tilescribe(['watch', 'refused'])).toMatchObject({ exitCode: 0 });
    expect(brokenPromises(await readRun(scene.bucket, 'refused'), ['caption'])).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBe(0);
  });

  test.for(HALTS)('where the service $what: exit code $exitCode', { timeout: LIMIT_MS }, async (halting) => {
    const { service, code, exitCode, says } = halting;
    const tasks = [{ id: 'caption', kind: 'caption', service }];
    faults(...halting.faults);
    const runId = `${service}-${halting.faults[0]?.fault ?? 'away'}`;
    const spec = await scene.file('run.json', specOf(scene, { tasks }));
    const ended = await scene.tilescribe(['run', spec, '--run-id', runId, '--json']);
    expect(ended).toMatchObject({ exitCode });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toMatch(/\n\s+at /u);
    expect(JSON.parse(ended.stdout)).toMatchObject({ run_id: runId, state: 'halted', halted_services: [{ service, code }] });
    expect(await scene.tilescribe(['cancel', runId, '--wait'])).toMatchObject({ exitCode: 0 });
  });
});
