import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dateAt, dateText, plusDays } from '../../domain/calendar.ts';
import { SEARCH_ATTRIBUTES } from '../../domain/temporal-names.ts';
import type { Ended } from './command.ts';
import { brokenPromises } from './promises.ts';
import { openScene, type Scene } from './scene.ts';
import { temporalCommand } from './temporal-command.ts';
import { commandsOfPage, complete, documentsOfPage, isMeant, onlyLooks, PRINTED, type Printed } from './temporal-page.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile, putTiles } from './tiles.ts';
import { statusOf } from './waiting.ts';

const LOOK_EVERY_MS = 200;
const ZONE = 'Asia/Kolkata';
/** The night that is started by its moment, the three that are made up for, and one that is cancelled. */
const NIGHTS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-01-01'];

/** A signal comes once and finds its run open: from the first command to the second jobs take so many times longer. */
const HELD_UP = 40;
const HELD_FROM = new Set(['workflow start harbours-1', 'workflow start harbours-2']);
const HELD_UNTIL = new Set(['workflow query status', 'workflow cancel harbours-2']);

let scene: Scene;
let temporal: (line: string) => Promise<Ended>;
const ends: (() => Promise<void>)[] = [];

/** A text of the page with the addresses of the scene. */
function here(text: string): string {
  const own = `s3://${scene.bucket.name}`;
  return text
    .replaceAll('s3://imagery/', `${own}/`)
    .replaceAll('s3://results/harbours/', `${own}/out/`)
    .replaceAll('s3://ops/', `${own}/ops/`);
}

async function putNights(): Promise<void> {
  const today = dateAt(Date.now(), ZONE);
  const days = [...NIGHTS, dateText(today), dateText(plusDays(today, 1))];
  await Promise.all(days.map(async (day, n) => scene.bucket.put(`${day.replaceAll('-', '/')}/a.jpg`, await jpegTile(50 + n))));
}

async function putDocuments(): Promise<void> {
  const [nightly = '', named = ''] = documentsOfPage();
  const spec = await readFile(new URL('../../examples/captions.json', import.meta.url), 'utf8');
  await scene.bucket.put('ops/nightly.json', here(nightly));
  await writeFile(join(scene.directory, 'named.json'), here(named));
  await writeFile(join(scene.directory, 'spec.json'), here(spec));
}

beforeAll(async () => {
  scene = await openScene((close) => void ends.push(close), { searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  await Promise.all([putTiles(scene.bucket, 4), putNights(), putDocuments()]);
  await scene.worker();
  temporal = await temporalCommand(scene);
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** What a command prints, as soon as that is what it should; what changes something is done once. */
async function printedBy(command: string, { prints }: Printed): Promise<string> {
  for (;;) {
    const { exitCode, stdout, stderr } = await temporal(here(command));
    const asMeant = exitCode === 0 && prints.every((pattern) => pattern.test(stdout));
    if (asMeant) return stdout;
    if (!onlyLooks(command)) throw new Error(`${command}\n${exitCode}\n${stdout}${stderr}`);
    await sleep(LOOK_EVERY_MS);
  }
}

function pace(slowdown: number): void {
  for (const service of ['caption', 'vqa']) scene.simulation.configure(service, { slowdown });
}

test('every command of docs/temporal-cli.md does what the page says, in its order', PATIENT, async () => {
  const commands = commandsOfPage();
  expect(commands.map((command, n) => PRINTED[n] !== undefined && isMeant(command, PRINTED[n]))).toEqual(PRINTED.map(() => true));
  for (const [n, command] of commands.entries()) {
    const printed = PRINTED[n] ?? { command, prints: [] };
    if (HELD_FROM.has(printed.command)) pace(HELD_UP);
    await printedBy(command, printed);
    if (HELD_UNTIL.has(printed.command)) pace(1);
  }

  const missed = ['2026-02-28', '2026-03-01', '2026-03-02'].map((day) => `nightly-${day}T20:30:00Z`);
  for (const runId of missed)
    await printedBy(`temporal workflow result --workflow-id ${runId}`, { command: 'result', prints: complete(1) });

  const inputs = missed.map(async (runId) => {
    const document = Buffer.from(await scene.bucket.get(`out/run=${runId}/run.json`)).toString();
    return JSON.parse(document) as { spec: { input: { uri: string }; priority: string } };
  });
  const found = (await Promise.all(inputs)).map(({ spec }) => [spec.input.uri, spec.priority]);
  expect(found).toEqual(['01', '02', '03'].map((day) => [`s3://${scene.bucket.name}/2026/03/${day}/`, 'backfill']));
  // The night was asked before, under another id.
  expect(await statusOf(scene, 'nightly-2026-02-28T20:30:00Z')).toMatchObject({ state: 'complete', ok: 1, failed: 0 });
  const opened = (await scene.bucket.keys('out/')).flatMap((key) => /^out\/run=([^/]+)\/run\.json$/u.exec(key)?.[1] ?? []);
  const others = opened.filter((runId) => runId !== 'harbours-1');
  expect(await brokenPromises(scene, { runs: { 'harbours-1': join(scene.directory, 'spec.json') }, others })).toEqual([]);
});

test('what is wrong with an argument is told as `tilescribe run` tells it', PATIENT, async () => {
  const mistaken = { dataset: 'Harbours', taks: [] };
  const ours = await scene.tilescribe(['run', await scene.file('mistaken.json', mistaken)]);
  const start = commandsOfPage().find((command) => command.includes('mistaken')) ?? '';
  await temporal(here(start).replace('mistaken', 'mistaken-again'));
  const { stdout } = await temporal('temporal workflow result --workflow-id mistaken-again 2>&1 || true');
  for (const line of ours.stderr
    .replace(/^tilescribe: /u, '')
    .trimEnd()
    .split('\n'))
    expect(stdout).toContain(line);
});
