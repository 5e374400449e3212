import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../adapters/log.ts';
import { workerEnvironment } from '../../workers/environment.ts';

const SECRET = 'wk-9f3c-never-shown';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tilescribe-worker-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the environment of a worker', () => {
  it('names the values of headers, so that its log never shows them', async () => {
    const file = join(folder, 'services.json');
    const caption = { baseUrl: 'https://caption.test', headers: { 'Modal-Key': 'env:MODAL_KEY' } };
    await writeFile(file, JSON.stringify({ services: { caption } }));
    const { secrets } = workerEnvironment({ TILESCRIBE_SERVICES: file, MODAL_KEY: SECRET });
    expect(secrets).toEqual([SECRET]);
    const written: string[] = [];
    const log = createLogger({ level: 'info', secrets, destination: { write: (line) => written.push(line) } });
    log.error({ error: `refused ${SECRET}` }, `Temporal: ${SECRET}`);
    expect(written).toHaveLength(1);
    expect(written.join('')).not.toContain(SECRET);
  });
});
