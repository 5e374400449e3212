import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../local/environment.ts';
import { openBucket } from '../e2e/bucket.ts';
import { sharedServers } from '../support/servers.ts';

const at = (file: string): URL => new URL(`../../${file}`, import.meta.url);
const page = readFileSync(at('docs/nights.md'), 'utf8');

describe('what docs/nights.md begins with', () => {
  it('is the spec that its commands put into S3', () => {
    const [, shown = ''] = /```json\n([\s\S]*?)```/u.exec(page) ?? [];
    expect(shown).toBe(readFileSync(at('examples/nightly.json'), 'utf8'));
    expect(page).toContain('curl -sS -T examples/nightly.json "$AWS_ENDPOINT_URL/tiles/nightly.json"');
  });

  it('is pictures that are all different, and the same when they are put again', async () => {
    const bucket = await openBucket(sharedServers().s3);
    const put = async (count: number): Promise<string> => {
      const script = fileURLToPath(at('examples/put-tiles.mjs'));
      const environment = childEnvironment(process.env, sharedServers().environment);
      const args = [script, `s3://${bucket.name}/2026/01/31/`, String(count)];
      return (await promisify(execFile)(process.execPath, args, { env: environment })).stdout;
    };
    const pictures = async (): Promise<string[]> =>
      Promise.all((await bucket.keys('2026/')).map(async (key) => Buffer.from(await bucket.get(key)).toString('base64')));
    expect(await put(3)).toBe(`3 tiles below s3://${bucket.name}/2026/01/31/\n`);
    const before = await pictures();
    expect(new Set(before).size).toBe(3);
    await put(3);
    expect(await pictures()).toEqual(before);
    bucket.close();
  });
});
