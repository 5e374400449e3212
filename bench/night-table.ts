import type { NightFigures, Use, Waiting } from './night-figures.ts';
import { table, type Row } from './table.ts';

const WAITS: readonly [name: string, of: keyof Waiting][] = [
  ['first submit', 'firstSubmit'],
  ['first answer', 'firstAnswer'],
  ['last answer', 'lastAnswer'],
  ['merged and reported', 'complete'],
];

function waitingRows({ interactive: { alone, together } }: NightFigures): Row[] {
  return WAITS.map(([name, of]) => [name, alone[of], together[of], together[of] - alone[of]]);
}

function nightRows({ night: { alone, together }, slowdown }: NightFigures): Row[] {
  return [
    ['start of the run to first submit, s', alone.firstSubmit, together.firstSubmit, together.firstSubmit / alone.firstSubmit],
    ['first submit to last job done (makespan), s', alone.makespan, together.makespan, slowdown],
    ['start to end of the run, s', alone.complete, together.complete, together.complete / alone.complete],
  ];
}

function useRow(name: string, { all, services }: Use): Row {
  return [name, all, ...Object.values(services)];
}

function useTable({ use }: NightFigures): string {
  const rows = [
    useRow('the night alone', use.nightAlone),
    useRow('all at once, while the night ran', use.whileTheNightRan),
    useRow('all at once, first submit to last job', use.together),
  ];
  return table(['slots in use', 'both', ...Object.keys(use.together.services)], rows);
}

/** GPUs of the scene: one for each service. */
const GPUS = 2;

function promiseRows({ gpus, moreJobs }: NightFigures): Row[] {
  const rows: [name: string, value: number, most: number][] = [
    ['GPUs at once, by the rule', gpus.byRule, GPUS],
    ['GPUs at once, by containers', gpus.byContainers, GPUS],
    ['jobs beyond one for each question', moreJobs, 0],
  ];
  return rows.map(([name, value, most]) => [name, value, `<= ${most}`, value <= most ? 'yes' : 'NO']);
}

/** @returns the figures for people, as Markdown. */
export function nightTable(figures: NightFigures): string {
  const shares = figures.shares.map(({ asker, jobs, share }): Row => [asker, jobs, share]);
  return [
    table(['promise', 'value', 'limit', 'kept'], promiseRows(figures)),
    table(['interactive run, s since its start', 'alone', 'all at once', 'more'], waitingRows(figures)),
    table(['the night', 'alone', 'all at once', 'times'], nightRows(figures)),
    useTable(figures),
    table(['asker', 'jobs', 'share of the slots in use while the night ran'], shares),
  ].join('\n\n');
}
