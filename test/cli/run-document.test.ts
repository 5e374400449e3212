import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRunSpec } from '../../cli/run-document.ts';
import { scratchDirectory } from '../support/scratch.ts';

async function* stdin(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

const DOCUMENT = {
  dataset: 'harbours',
  input: { uri: 's3://imagery/tiles/' },
  output: { uri: 's3://results/harbours' },
  tasks: [{ id: 'caption', kind: 'caption' }],
};

describe('the spec of run', () => {
  it('comes from a file', async () => {
    const path = join(await scratchDirectory(), 'spec.json');
    await writeFile(path, JSON.stringify(DOCUMENT));
    const spec = await readRunSpec(path, {}, stdin(''));
    expect(spec).toMatchObject({ dataset: 'harbours', priority: 'interactive', output: { uri: 's3://results/harbours/' } });
  });

  it('may begin with the byte order mark that some editors write', async () => {
    const text = `\uFEFF${JSON.stringify(DOCUMENT)}`;
    const path = join(await scratchDirectory(), 'spec.json');
    await writeFile(path, text);
    expect((await readRunSpec(path, {}, stdin(''))).dataset).toBe('harbours');
    expect((await readRunSpec('-', {}, stdin(text))).dataset).toBe('harbours');
  });

  it('comes from standard input', async () => {
    expect((await readRunSpec('-', {}, stdin(JSON.stringify(DOCUMENT)))).dataset).toBe('harbours');
  });

  it('takes its priority from the command line', async () => {
    expect((await readRunSpec('-', { priority: 'backfill' }, stdin(JSON.stringify(DOCUMENT)))).priority).toBe('backfill');
  });

  it('asks for a sample or for everything where the command line says so, over what the spec says', async () => {
    const text = JSON.stringify({ ...DOCUMENT, input: { ...DOCUMENT.input, sample: 9, limit: 70 } });
    expect((await readRunSpec('-', { sample: 50 }, stdin(text))).input).toMatchObject({ sample: 50, limit: 70 });
    expect(await readRunSpec('-', { all: true }, stdin(text))).toMatchObject({ all: true, input: { sample: 9 } });
    expect(await readRunSpec('-', {}, stdin(JSON.stringify(DOCUMENT)))).not.toHaveProperty('all');
    const short = await readRunSpec(
      's3://imagery/harbours/',
      { out: 's3://results/', caption: true, sample: 5, all: true },
      stdin(''),
    );
    expect(short).toMatchObject({ all: true, input: { sample: 5 } });
  });

  it('is refused where the command line asks for more tiles than can be drawn, or for a part of a retry', async () => {
    await expect(readRunSpec('-', { sample: 25_001 }, stdin(JSON.stringify(DOCUMENT)))).rejects.toThrow(
      'input.sample: 25001; expected a whole number from 1 to 25000',
    );
    await expect(readRunSpec('-', { sample: 5 }, stdin(JSON.stringify({ ...DOCUMENT, retry: { run: 'a' } })))).rejects.toThrow(
      'input.sample: 5 does not go together with retry',
    );
  });

  it('has the day of the command line in its addresses, and is refused where it has no place for one, or needs one', async () => {
    const dated = { ...DOCUMENT, input: { uri: 's3://imagery/{date-1:YYYY/MM/DD}/' }, output: { uri: 's3://results/{date}/' } };
    const spec = await readRunSpec('-', { date: '2026-03-01' }, stdin(JSON.stringify(dated)));
    expect([spec.input.uri, spec.output.uri]).toEqual(['s3://imagery/2026/02/28/', 's3://results/2026-03-01/']);
    const short = { out: 's3://results/', caption: true, dataset: 'harbours', date: '2026-03-01' };
    expect((await readRunSpec('s3://imagery/{date}/', short, stdin(''))).input.uri).toBe('s3://imagery/2026-03-01/');
    await expect(readRunSpec('-', { date: '2026-03-01' }, stdin(JSON.stringify(DOCUMENT)))).rejects.toThrow(
      '--date 2026-03-01: the spec has no {date} in input.uri or output.uri',
    );
    await expect(readRunSpec('-', {}, stdin(JSON.stringify(dated)))).rejects.toThrow('--date YYYY-MM-DD');
    const bad = { ...dated, output: { uri: 's3://results/{date:YY}/' } };
    await expect(readRunSpec('-', { date: '2026-03-01' }, stdin(JSON.stringify(bad)))).rejects.toThrow('{date:YY} is no date');
  });

  it('may have braces in its addresses, where it is told no day', async () => {
    const braces = { ...DOCUMENT, input: { uri: 's3://imagery/{Date}/' } };
    expect((await readRunSpec('-', {}, stdin(JSON.stringify(braces)))).input.uri).toBe('s3://imagery/{Date}/');
    const meant = { ...braces, output: { uri: 's3://results/{date}/' } };
    await expect(readRunSpec('-', { date: '2026-03-01' }, stdin(JSON.stringify(meant)))).rejects.toThrow(
      /has 1 mistake:\n {2}input\.uri: \{Date\} is no date; expected \{date\}/u,
    );
  });

  it('has all its mistakes told at once on any day, and those of the day with them', async () => {
    const told = async (document: unknown): Promise<unknown> =>
      readRunSpec('-', { date: '2026-03-01' }, stdin(JSON.stringify(document))).catch((error: unknown) => String(error));
    const wrong = { ...DOCUMENT, tasks: [], output: { uri: 's3://results/{date:YYYY/QQ}/' } };
    expect(await told(wrong)).toMatch(/has 2 mistakes:\n {2}tasks: .*\n {2}output\.uri: \{date:YYYY\/QQ\} is no date/u);
    expect(await told({ ...DOCUMENT, tasks: [] })).toMatch(
      /has 2 mistakes:\n {2}tasks: .*\n {2}--date 2026-03-01: the spec has no/u,
    );
    expect(await told([1])).toMatch(/has 1 mistake:\n {2}\[1\]; expected an object with dataset/u);
  });

  it('is made of the short form', async () => {
    const options = { out: 's3://results/', caption: true, ask: ['How many ships?'], include: ['**/*.tif'], limit: 5 };
    const spec = await readRunSpec('s3://imagery/harbours/', options, stdin(''));
    expect(spec).toMatchObject({ dataset: 'harbours', input: { include: ['**/*.tif'], limit: 5 } });
    expect(spec.tasks.map(({ id }) => id)).toEqual(['caption', 'how-many-ships']);
  });
});
