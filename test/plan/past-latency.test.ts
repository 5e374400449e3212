import { describe, expect, it } from 'vitest';
import { inRun, PATHS, runPlace } from '../../domain/layout.ts';
import { SERVICE_DEFAULTS, type Service } from '../../domain/service.ts';
import { pastLatencies, type ReportedRun } from '../../plan/past-latency.ts';
import { MemoryStore } from '../support/memory-store.ts';

const WANTED = [{ name: 'caption', model: 'qwen' }];

function service(model: string): Service {
  const [name, api, baseUrl] = ['caption', 'qwen-vl', 'http://caption.test'] as const;
  return { name, api, baseUrl, model, headers: {}, insecure: false, assumed: [], ...SERVICE_DEFAULTS };
}

interface Reported {
  readonly meanMs?: number;
  readonly model?: string;
  readonly owed?: number | null;
  readonly report?: string;
}

/** An output with runs, the newest first, each with its report. */
class Output {
  readonly store = new MemoryStore();
  readonly runs: ReportedRun[] = [];

  older({ meanMs = 6_000, model = 'qwen', owed = null, report }: Reported = {}): this {
    const runId = `h-${this.runs.length}`;
    const ref = { runId, ...runPlace('s3://bucket/harbours/', runId) };
    const spread = { count: 100, mean: meanMs };
    const document = { services: [{ service: 'caption', model, jobs: 100, latency_ms: spread }] };
    this.store.overwrite(inRun(ref, PATHS.reportJson), report ?? JSON.stringify(document));
    const counts = owed === null ? null : { new: 0, changed: 0, stale: 0, failed: 0, done: 0, owed };
    this.runs.push({ ref, run: { services: { caption: service(model) } }, manifest: { owed: counts } });
    return this;
  }

  get reads(): number {
    return this.store.calls.length;
  }
}

describe('the times that earlier runs saw', () => {
  it('come from the reports of the runs that asked the same model', async () => {
    const output = new Output().older({ meanMs: 5_000 }).older({ model: 'qwen-2' }).older({ meanMs: 7_000 });
    expect(await pastLatencies(output.store, output.runs, WANTED)).toMatchObject([
      { service: 'caption', model: 'qwen', runs: 2, jobs: 200, latencyMs: { low: 5_000, likely: 6_000, high: 7_000 } },
    ]);
    expect(output.reads).toBe(2);
  });

  it('come from the ten newest', async () => {
    const output = new Output();
    for (let n = 0; n < 12; n += 1) output.older({ meanMs: n < 10 ? 6_000 : 60_000 });
    const [past] = await pastLatencies(output.store, output.runs, WANTED);
    expect(past).toMatchObject({ runs: 10, latencyMs: { likely: 6_000 } });
    expect(output.reads).toBe(10);
  });

  it('are looked for behind runs that had nothing to ask, and behind damaged reports', async () => {
    const output = new Output().older({ owed: 0 }).older({ report: '{"services":' }).older({ report: '[]' }).older();
    expect(await pastLatencies(output.store, output.runs, WANTED)).toMatchObject([{ runs: 1 }]);
    expect(output.reads).toBe(3);
  });

  it('are those of no run that has no report', async () => {
    const output = new Output().older().older();
    const [newest, other] = output.runs;
    if (newest === undefined || other === undefined) throw new Error('two runs');
    output.store.remove(inRun(other.ref, PATHS.reportJson));
    expect(await pastLatencies(output.store, [{ ...newest, manifest: null }, other], WANTED)).toEqual([]);
  });

  it('are not looked for without end', async () => {
    const output = new Output();
    for (let n = 0; n < 80; n += 1) output.older({ report: '{}' });
    expect(await pastLatencies(output.store, output.runs, WANTED)).toEqual([]);
    expect(output.reads).toBe(50);
  });

  it('are asked for of every service at once', async () => {
    const output = new Output().older();
    const wanted = [...WANTED, { name: 'vqa', model: 'qwen' }];
    expect((await pastLatencies(output.store, output.runs, wanted)).map((past) => past.service)).toEqual(['caption']);
  });
});
