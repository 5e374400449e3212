import { describe, expect, it } from 'vitest';
import { aimsOf, type RunFigures } from '../../bench/run-figures.ts';
import { runTable } from '../../bench/run-table.ts';
import { parseProcess } from '../../bench/worker-figures.ts';

const SERVICE = { jobs: 10, busySeconds: 15, utilisation: 0.9, responseSeconds: { p50: 2, p95: 3 }, peakInFlight: 24 };

const FIGURES: RunFigures = {
  tiles: 10,
  tasks: 2,
  jobs: {
    makespan: 10.9,
    ideal: 10,
    overIdeal: 1.09,
    lastAnswerAfter: 0.1,
    firstSubmitAtMs: 0,
    lastDoneAtMs: 10_900,
    services: [
      { service: 'caption', pollsPerJob: 1.5, ...SERVICE },
      { service: 'vqa', pollsPerJob: 2.5, ...SERVICE },
    ],
  },
  temporal: {
    events: 2,
    actions: {
      'workflow starts': 1,
      'activity attempts': 0,
      timers: 0,
      signals: 0,
      updates: 0,
      'search attribute changes': 0,
    },
    heartbeats: 3,
    slices: 1,
    sliceSeconds: 10,
  },
  worker: { peakRssBytes: 500_000_000, cpuSeconds: 5 },
  before: 1,
  after: 0.5,
  s3: { latencyMs: 50, counts: { input: { GET: 10, LIST: 1 }, 'log: intents': { PUT: 6 }, 'log: calls': { PUT: 4 } } },
  load: [0.5, 1.5],
};

describe('the aims of a run', () => {
  it('hold for each figure by itself, the worse service standing for both', () => {
    const met = Object.fromEntries(aimsOf(FIGURES).map(({ name, met: is }) => [name, is]));
    expect(met).toEqual({
      'makespan over ideal': true,
      'polls a job, the worse service': false,
      'Temporal actions a tile, without heartbeats': false,
      'Temporal events a tile': true,
      'log objects put into S3 a job': true,
      'worker memory at its highest, MB': true,
    });
  });

  it('say nothing of memory where the system does not tell', () => {
    expect(aimsOf({ ...FIGURES, worker: null }).map(({ name }) => name)).not.toContain('worker memory at its highest, MB');
  });

  it('stand in the table beside what was measured', () => {
    const table = runTable(FIGURES);
    expect(table).toContain('| makespan over ideal | 1.090 | <= 1.1 | yes |');
    expect(table).toContain('| polls a job, the worse service | 2.500 | <= 2 | NO |');
    expect(table).toContain('| vqa | 10 | 0.900 | 2.500 | 2 | 3 | 24 |');
    expect(table).toContain('| log objects put into S3 a job | 0.500 | <= 0.6 | yes |');
    expect(table).toContain('| S3, 50 ms a request | PUT | POST | LIST | GET | HEAD | DELETE | a tile | $ per million tiles |');
    expect(table).toContain('| input | 0 | 0 | 1 | 10 | 0 | 0 | 1.100 | 0.900 |');
  });
});

describe('a process as the kernel tells of it', () => {
  it('is read by its fields, whatever its name holds', () => {
    const stat = '42 (node (a) b) S 1 42 42 0 -1 4194560 100 0 0 0 1234 66 0 0 20 0 11 0 100 0 0';
    const status = 'Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t  200000 kB\nVmRSS:\t  150000 kB\n';
    expect(parseProcess(stat, status)).toEqual({ peakRssBytes: 204_800_000, cpuSeconds: 13 });
  });
});
