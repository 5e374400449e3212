import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../local/services/faults.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { statusOf, untilAccepted } from './waiting.ts';

const TILES = 110;

let scene: Scene;
/** Their specs, by run id. */
const complete: Record<string, string> = {};
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

interface Return {
  readonly what: string;
  readonly fault: Fault['fault'];
  readonly code: string;
  readonly exitCode: number;
  readonly reason: string;
}

const RETURNS: readonly Return[] = [
  {
    what: 'refuses us',
    fault: 'unauthorized',
    code: 'credentials',
    exitCode: 3,
    reason: ': our credentials are refused. The service answered 401',
  },
  {
    what: 'is gone',
    fault: 'gone',
    code: 'gone',
    exitCode: 4,
    reason: 'what answers there is not the service. The service answered 404',
  },
];

describe('a run halts', () => {
  test.for(RETURNS)(
    'where the service $what and comes back: resume goes on, without a job lost or asked again',
    PATIENT,
    async ({ fault, code, exitCode, reason }) => {
      const runId = `back-${fault}`;
      const tasks = [{ id: 'caption', kind: 'caption', prompt: `Describe it before and after ${fault}.` }];
      const spec = await scene.file(`${runId}.json`, specOf(scene, { tasks }));
      const before = eventsOf(scene.simulation.journal, 'accepted').length;
      const run = await scene.start(['run', spec, '--run-id', runId]);
      await untilAccepted(scene, before + 20);
      faults({ fault });
      const halted = await run.ended;
      expect(halted).toMatchObject({ exitCode });
      expect(halted.stdout).toContain(reason);
      expect(halted.stdout).toContain(`tilescribe resume ${runId}`);
      const { state, halted_services: services } = await statusOf(scene, runId);
      expect({ state, services }).toMatchObject({ state: 'halted', services: [{ service: 'caption', code }] });
      expect(services.filter(({ message, action }) => message === '' || action === '')).toEqual([]);

      faults();
      expect(await scene.tilescribe(['resume', runId])).toMatchObject({ exitCode: 0 });
      expect(await scene.tilescribe(['watch', runId])).toMatchObject({ exitCode: 0 });
      complete[runId] = spec;
      expect(await brokenPromises(scene, { runs: complete })).toEqual([]);
      expect(extraJobs(scene.simulation.journal)).toBe(0);
    },
  );

  test.for(HALTS)('where the service $what: exit code $exitCode', PATIENT, async (halting) => {
    const { service, code, exitCode, says } = halting;
    const tasks = [{ id: 'caption', kind: 'caption', service }];
    faults(...halting.faults);
    const runId = `${service}-${halting.faults[0]?.fault ?? 'away'}`;
    const spec = await scene.file(`${runId}.json`, specOf(scene, { tasks }));
    const ended = await scene.tilescribe(['run', spec, '--run-id', runId, '--json']);
    expect(ended).toMatchObject({ exitCode });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toMatch(/\n\s+at /u);
    expect(JSON.parse(ended.stdout)).toMatchObject({ run_id: runId, state: 'halted', halted_services: [{ service, code }] });
    expect(await scene.tilescribe(['cancel', runId, '--wait'])).toMatchObject({ exitCode: 0 });
  });
});
