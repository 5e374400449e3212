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

  it('comes from standard input', async () => {
    expect((await readRunSpec('-', {}, stdin(JSON.stringify(DOCUMENT)))).dataset).toBe('harbours');
  });

  it('takes its priority from the command line', async () => {
    expect((await readRunSpec('-', { priority: 'backfill' }, stdin(JSON.stringify(DOCUMENT)))).priority).toBe('backfill');
  });

  it('is made of the short form', async () => {
    const options = { out: 's3://results/', caption: true, ask: ['How many ships?'], include: ['**/*.tif'], limit: 5 };
    const spec = await readRunSpec('s3://imagery/harbours/', options, stdin(''));
    expect(spec).toMatchObject({ dataset: 'harbours', input: { include: ['**/*.tif'], limit: 5 } });
    expect(spec.tasks.map(({ id }) => id)).toEqual(['caption', 'how-many-ships']);
  });
});
