import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../cli/command.ts';
import { readIntakeSpec } from '../../cli/intake-spec.ts';
import { intakeLines } from '../../cli/intake-text.ts';
import { problemOf } from '../../cli/problem.ts';
import { createProgram } from '../../cli/program.ts';
import { NOTHING_TAKEN } from '../../domain/intake-counts.ts';
import { EventQueueError } from '../../ports/event-queue.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/tiles';
const SPEC = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/tiles/' },
  output: { uri: 's3://results/harbours/' },
  tasks: [{ id: 'caption', kind: 'caption' }],
};

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** @returns what is said where the command cannot go on. */
async function refusal(args: readonly string[], stdin = ''): Promise<string> {
  let said = '';
  const stream = { write: (text: string) => void (said += text) };
  const io: Io = { stdin: bytesOf(stdin), stdout: stream, stderr: stream, environment: {}, ended: () => undefined };
  const error: unknown = await createProgram(io)
    .parseAsync(['intake', ...args], { from: 'user' })
    .then(
      () => null,
      (problem: unknown) => problem,
    );
  return said === '' ? problemOf(error).sentence : said;
}

describe('tilescribe intake', () => {
  it('asks for a queue and a spec', async () => {
    expect(await refusal([])).toContain("required option '--queue <url>' not specified");
    expect(await refusal(['--queue', QUEUE])).toContain("required option '--spec <spec>' not specified");
  });

  it.each([
    ['--queue', 'tiles', 'Expected the URL of a queue, such as https://sqs.'],
    ['--dead-letter', 's3://bucket/', 'Expected the URL of a queue, such as https://sqs.'],
    ['--batch', '0', 'Expected a whole number from 1 on.'],
    ['--batch', '25001', 'Expected at most 25000 tiles.'],
    ['--every', 'soon', 'Expected a whole number from 1 on.'],
    ['--priority', 'low', 'Allowed choices are interactive, nightly, backfill.'],
  ])('refuses %s %s', async (option, value, says) => {
    expect(await refusal(['--queue', QUEUE, '--spec', '-', option, value])).toContain(says);
  });

  it('refuses to send back what it cannot read to where it came from', async () => {
    const sentence = '--dead-letter is the queue that is read; give the URL of another one.';
    expect(await refusal(['--queue', QUEUE, '--dead-letter', QUEUE, '--spec', '-'])).toBe(sentence);
  });

  it('refuses a spec that makes no sense for events before it reaches anything', async () => {
    const stdin = JSON.stringify({ ...SPEC, retry: { run: 'r' } });
    expect(await refusal(['--queue', QUEUE, '--spec', '-'], stdin)).toContain('a retry asks what has failed, not what is new');
  });
});

const over = (more: object): object => ({ ...SPEC, ...more });

describe('the spec of an intake', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tilescribe-intake-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is nightly unless it, or the command line, says another priority', async () => {
    const spec = join(directory, 'spec.json');
    await writeFile(spec, JSON.stringify(SPEC));
    expect(await readIntakeSpec({ spec }, bytesOf(''))).toMatchObject({ priority: 'nightly' });
    expect(await readIntakeSpec({ spec, priority: 'backfill' }, bytesOf(''))).toMatchObject({ priority: 'backfill' });
    const said = JSON.stringify({ ...SPEC, priority: 'interactive' });
    expect(await readIntakeSpec({ spec: '-' }, bytesOf(said))).toMatchObject({ priority: 'interactive' });
  });

  it.each([
    ['there is no such file', 'nowhere.json', ''],
    ['dataset', '-', '{}'],
    ['The spec on standard input', '-', '{'],
    [
      'input.uri: "s3://images/a.jsonl" names its tiles itself; expected',
      '-',
      JSON.stringify(over({ input: { uri: 's3://images/a.jsonl' } })),
    ],
    ['retry: a retry asks what has failed, not what is new; remove it', '-', JSON.stringify(over({ retry: { run: 'r' } }))],
    ['window: for schedules only', '-', JSON.stringify(over({ window: { timeZone: 'UTC', until: '06:00' } }))],
  ])('says what is wrong with it: %s', async (says, spec, stdin) => {
    await expect(readIntakeSpec({ spec }, bytesOf(stdin))).rejects.toThrow(says);
  });

  it('tells at once all that is wrong with it and what makes no sense for events', async () => {
    const dated = { input: { uri: 's3://images/{date}/' }, output: { uri: 's3://results/{date}/{date:QQ}/' } };
    const wrong = over({ ...dated, dataset: 'Night ly', window: { until: '06:00' } });
    const told: unknown = await readIntakeSpec({ spec: '-' }, bytesOf(JSON.stringify(wrong))).catch((error: unknown) => error);
    expect(String(told).split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}dataset: "Night ly"; expected/u),
      expect.stringMatching(/^ {2}output\.uri: \{date:QQ\} is no date; expected/u),
      '  input.uri: "s3://images/{date}/" needs a date, which events do not have; expected s3://bucket/prefix/ without {date}, or use `tilescribe schedule`',
      '  output.uri: "s3://results/{date}/{date:QQ}/" needs a date, which events do not have; expected s3://bucket/prefix/ without {date}, or use `tilescribe schedule`',
      expect.stringMatching(/^ {2}window: for schedules only/u),
    ]);
  });
});

it('the totals of an intake name what was dropped, what cannot be read and what to watch', () => {
  const dropped = { ...NOTHING_TAKEN.dropped, outside: 2, merged: 1_000 };
  const counts = { ...NOTHING_TAKEN, messages: 3_012, events: 3_011, tiles: 2_009, runs: 3, removed: 3_010, dropped };
  const end = { counts: { ...counts, unreadable: { set_aside: 1, left: 0 } }, open: ['harbours-intake-1'] };
  expect(intakeLines(end)).toEqual([
    'taken in: 3,012 messages, 2,009 tiles in 3 runs; 3,010 off the queue',
    'dropped: 2 outside input.uri, 1,000 duplicates or older',
    'cannot be read: 1 in the dead-letter queue',
    'open: tilescribe watch harbours-intake-1',
  ]);
  expect(intakeLines({ counts: NOTHING_TAKEN, open: [] })).toHaveLength(1);
});

it.each([
  ['missing', 2],
  ['wrong_region', 2],
  ['wrong_kind', 2],
  ['too_long', 2],
  ['denied', 3],
  ['credentials', 3],
  ['refused', 3],
  ['unreachable', 4],
  ['full', 4],
] as const)('a queue that says %s ends with %i', (problem, exitCode) => {
  expect(problemOf(new EventQueueError(problem, 'Queue x.'))).toEqual({ sentence: 'Queue x.', exitCode });
});
