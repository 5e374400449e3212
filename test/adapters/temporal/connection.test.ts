import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { temporalAddress } from '../../../adapters/temporal/connection.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tilescribe-temporal-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

it('a profile that cannot be read is told without what stands in it', async () => {
  const file = join(directory, 'temporal.toml');
  await writeFile(file, '[profile.default]\napi_key = "SECRET0\naddress = "localhost:7233"\n');
  vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
  expect(temporalAddress).toThrow(
    /^Temporal's configuration cannot be read: Invalid TOML document: .+ \(line 2\)\. See TEMPORAL_ADDRESS/u,
  );
  expect(temporalAddress).not.toThrow(/SECRET0/u);
});
