import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/temporal-cli.md', import.meta.url);
const BLOCK = /```(\w+)\n([\s\S]*?)```/gu;

function blocks(language: string): string[] {
  const found = readFileSync(PAGE, 'utf8').matchAll(BLOCK);
  return [...found].filter(([, named]) => named === language).map(([, , text = '']) => text);
}

/** @returns the commands of docs/temporal-cli.md, in their order, each on one line. */
export function commandsOfPage(): string[] {
  const lines = blocks('sh').map((text) => text.replaceAll(/\\\n\s*/gu, ''));
  return lines.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

/** @returns its documents, in their order. */
export function documentsOfPage(): string[] {
  return blocks('json');
}

/** A command of the page and what it prints. */
export interface Printed {
  /** What tells it from the others, after `temporal `. */
  readonly command: string;
  readonly prints: readonly RegExp[];
}

const STARTED = [/Type +tilescribeRun/u, /TaskQueue +tilescribe/u];
const SENT = [/^Signal workflow succeeded$/mu];
const MISTAKES = [
  /Status +FAILED/u,
  /Message: The run spec has \d mistakes:\n {2}dataset: "Harbours"; expected 1 to 63/u,
  /^ {2}taks: unknown field; did you mean tasks\?$/mu,
];

/** What the result of a run says that has so many answers and nothing else. */
export function complete(ok: number): RegExp[] {
  return [/Status +COMPLETED/u, /"state":"complete"/u, new RegExp(`"ok":${ok},`, 'u')];
}

/** What each command prints, in the order of the page. */
export const PRINTED: readonly Printed[] = [
  { command: 'workflow start harbours-1', prints: STARTED },
  { command: 'workflow signal pause', prints: SENT },
  { command: 'workflow query status', prints: [/"run_id":"harbours-1"/u, /"state":"paused"/u] },
  { command: 'workflow signal resume', prints: SENT },
  { command: 'workflow result harbours-1', prints: complete(8) },
  { command: 'workflow metadata harbours-1', prints: [/Current Details:\n.* of 8 \(/u, /output: s3:\/\/\S+run=harbours-1\//u] },
  { command: 'workflow list TilescribeDataset', prints: [/Completed +harbours-1 +tilescribeRun/u] },
  { command: 'workflow start harbours-2026-03-01', prints: STARTED },
  { command: 'workflow result harbours-2026-03-01', prints: complete(1) },
  { command: 'workflow start harbours-2', prints: STARTED },
  { command: 'workflow cancel harbours-2', prints: [/^Canceled workflow$/mu] },
  { command: 'workflow describe harbours-2', prints: [/Status +CANCELED/u] },
  { command: 'workflow start mistaken', prints: STARTED },
  { command: 'workflow show mistaken', prints: MISTAKES },
  { command: 'workflow describe mistaken', prints: MISTAKES },
  { command: 'workflow start nowhere', prints: STARTED },
  {
    command: 'workflow describe nowhere',
    prints: [/Status +FAILED/u, /Message: s3:\/\/\S+\/ops\/nowhere\.json is not there\..*Put the run spec there/u],
  },
  { command: 'schedule create nightly', prints: [] },
  {
    command: 'schedule describe nightly',
    prints: [/TimeZoneName +Asia\/Kolkata/u, /OverlapPolicy +BufferOne/u, /CatchupWindow +12h/u, /Paused +false/u],
  },
  { command: 'schedule list', prints: [/^ +nightly +\{"Workflow":"tilescribeRun"\}/mu] },
  { command: 'schedule toggle --pause', prints: [] },
  { command: 'schedule describe nightly', prints: [/Notes +new GPUs/u, /Paused +true/u] },
  { command: 'schedule toggle --unpause', prints: [] },
  { command: 'schedule trigger nightly', prints: [/^Trigger request sent$/mu] },
  { command: 'schedule backfill nightly', prints: [/^Backfill request sent$/mu] },
  {
    command: 'workflow list TemporalScheduledById',
    prints: ['2026-02-28', '2026-03-01', '2026-03-02'].map((day) => new RegExp(`nightly-${day}T20:30:00Z +tilescribeRun`, 'u')),
  },
  { command: 'workflow result nightly-2026-02-28T20:30:00Z', prints: complete(1) },
  { command: 'schedule delete nightly', prints: [/^Schedule deleted$/mu] },
];

/** @returns whether a command of the page is the one that is meant. */
export function isMeant(command: string, { command: meant }: Printed): boolean {
  const [group = '', verb = '', ...marks] = meant.split(' ');
  return command.startsWith(`temporal ${group} ${verb} `.trimEnd()) && marks.every((mark) => command.includes(mark));
}

const LOOKS = new Set(['query', 'result', 'metadata', 'list', 'describe', 'show']);

/** @returns whether a command changes nothing, and may be asked again until it sees what is coming. */
export function onlyLooks(command: string): boolean {
  return LOOKS.has(command.split(' ')[2] ?? '');
}
