import type { ServiceFigures } from './job-figures.ts';
import { aimsOf, type RunFigures } from './run-figures.ts';
import { s3Rows } from './s3-figures.ts';
import { S3_OPERATIONS } from './s3-request.ts';
import { table, type Row } from './table.ts';
import { allActions } from './temporal-figures.ts';

function serviceRow({ service, jobs, responseSeconds, ...figures }: ServiceFigures): Row {
  const { utilisation, pollsPerJob, peakInFlight } = figures;
  return [service, jobs, utilisation, pollsPerJob, responseSeconds.p50, responseSeconds.p95, peakInFlight];
}

function timeRows({ jobs, before, after }: RunFigures): Row[] {
  return [
    ['first submit to last job done (makespan), s', jobs.makespan],
    ['ideal: all jobs of the busiest service over its slots, s', jobs.ideal],
    ['last job done to last answer fetched, s', jobs.lastAnswerAfter],
    ['start of the run to first submit, s', before],
    ['last job done to end of the run (merge, report), s', after],
  ];
}

function costRows({ tiles, temporal, worker, load }: RunFigures): Row[] {
  const perSlice = (value: number): number => value / Math.max(1, temporal.slices);
  const kinds = Object.entries(temporal.actions).map(([kind, count]): Row => [`actions: ${kind}`, count]);
  return [
    ['slices', temporal.slices],
    ['mean slice, s', temporal.sliceSeconds],
    ['events a slice', perSlice(temporal.events)],
    ['actions a slice', perSlice(allActions(temporal))],
    ...kinds,
    ['heartbeats, at most (actions too, not counted above)', temporal.heartbeats],
    ...(worker === null ? [] : [['CPU of the worker, s per 1,000 tiles', (worker.cpuSeconds * 1_000) / tiles] satisfies Row]),
    ['load average at the start', load[0]],
    ['load average at the end', load[1]],
  ];
}

function s3Table({ s3, tiles }: RunFigures): string {
  const head = [`S3, ${s3.latencyMs} ms a request`, ...S3_OPERATIONS, 'a tile', '$ per million tiles'];
  const rows = s3Rows(s3, tiles).map(({ purpose, requests, aTile, perMillionTiles }): Row => {
    return [purpose, ...S3_OPERATIONS.map((operation) => requests[operation]), aTile, perMillionTiles];
  });
  return table(head, rows);
}

/** @returns the figures for people, as Markdown. */
export function runTable(figures: RunFigures): string {
  const aims = aimsOf(figures).map(({ name, value, most, met }): Row => [name, value, `<= ${most}`, met ? 'yes' : 'NO']);
  const services = figures.jobs.services.map(serviceRow);
  return [
    table(['figure', 'value', 'aim', 'met'], aims),
    table(['service', 'jobs', 'slots in use', 'polls a job', 'response p50, s', 'p95, s', 'in flight at most'], services),
    table(['time', 'value'], timeRows(figures)),
    table(['cost', 'value'], costRows(figures)),
    s3Table(figures),
  ].join('\n\n');
}
