import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { create } from 'tar';
import { expect, onTestFinished, test } from 'vitest';
import { cacheDirectory, provision } from '../../../local/provision/provision.ts';
import { type ReleaseOptions, temporalRecipe } from '../../../local/provision/temporal.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const RELEASED = '#!/bin/sh\necho released\n';

/** What Go does as far as we need it: it writes a binary to GOBIN and what was asked for to standard output. */
const GO = '#!/bin/sh\nprintf "#!/bin/sh\\necho built $2\\n" > "$GOBIN/temporal"\n/bin/chmod +x "$GOBIN/temporal"\n';

/** A machine with an empty cache and, where it is told so, a Go toolchain. */
async function machine({ go }: { go: boolean }) {
  const directory = await scratchDirectory();
  const lines: string[] = [];
  const environment = { PATH: join(directory, 'bin'), XDG_CACHE_HOME: join(directory, 'cache') };
  await mkdir(environment.PATH);
  if (go) {
    await writeFile(join(environment.PATH, 'go'), GO);
    await chmod(join(environment.PATH, 'go'), 0o755);
  }
  return { environment, lines, progress: (line: string) => void lines.push(line) };
}

/** The archive of a release, as the project packs it. */
async function archive(): Promise<{ bytes: Buffer; sha256: string }> {
  const directory = await scratchDirectory();
  await writeFile(join(directory, 'temporal'), RELEASED);
  await chmod(join(directory, 'temporal'), 0o755);
  await writeFile(join(directory, 'LICENSE'), 'MIT');
  await create({ gzip: true, cwd: directory, file: join(directory, 'a.tar.gz') }, ['LICENSE', 'temporal']);
  const bytes = await readFile(join(directory, 'a.tar.gz'));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function releases(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const recipe = (options: ReleaseOptions) => temporalRecipe({ platform: 'linux-x64', quietMs: 60_000, ...options });
const SILENT = { options: { quietMs: 300 }, reason: 'nothing came for 0.3 s' };

test('the release archive is downloaded, checked against its checksum and unpacked', async () => {
  const { bytes, sha256 } = await archive();
  const asked: (string | undefined)[] = [];
  const baseUrl = await releases((request, response) => {
    asked.push(request.url);
    response.end(bytes);
  });
  const { environment, progress, lines } = await machine({ go: false });
  const program = await provision(recipe({ baseUrl, sha256 }), { environment, progress });
  expect(program.command).toBe(join(cacheDirectory(environment), 'temporal-1.5.1', 'temporal'));
  expect(await readFile(program.command, 'utf8')).toBe(RELEASED);
  expect(asked).toEqual(['/v1.5.1/temporal_cli_1.5.1_linux_amd64.tar.gz']);
  expect(lines).toEqual(['Downloading Temporal 1.5.1']);
});

test('a redirect to where the archive is stored is followed', async () => {
  const { bytes, sha256 } = await archive();
  const baseUrl = await releases((request, response) => {
    if (request.url === '/stored') response.end(bytes);
    else response.writeHead(302, { location: '/stored' }).end();
  });
  const { environment, progress } = await machine({ go: false });
  const program = await provision(recipe({ baseUrl, sha256 }), { environment, progress });
  expect(await readFile(program.command, 'utf8')).toBe(RELEASED);
});

test('an archive with other bytes than the pinned ones is never unpacked: Temporal is built from source instead', async () => {
  const { bytes, sha256 } = await archive();
  const baseUrl = await releases((_request, response) => response.end(bytes));
  const { environment, progress, lines } = await machine({ go: true });
  const program = await provision(recipe({ baseUrl }), { environment, progress });
  expect(await readFile(program.command, 'utf8')).toContain('built github.com/temporalio/cli/cmd/temporal@v1.5.1');
  expect(lines[1]).toContain(`the bytes have SHA-256 ${sha256} instead of ddc95e08`);
  expect(lines[2]).toContain('this takes 3-4 minutes');
});

test.each<[string, { listener: RequestListener; reason: string; options?: ReleaseOptions }]>([
  ['does not answer', { listener: () => {}, ...SILENT }],
  ['stops in the middle', { listener: (_request, response) => void response.write('half'), ...SILENT }],
  ['has no such release', { listener: (_request, response) => void response.writeHead(404).end(), reason: 'the answer was 404' }],
  ['hangs up', { listener: (request) => void request.socket.destroy(), reason: 'other side closed' }],
])('where the download page %s, Temporal is built from source', async (_what, { listener, reason, options }) => {
  const baseUrl = await releases(listener);
  const { environment, progress, lines } = await machine({ go: true });
  const program = await provision(recipe({ baseUrl, ...options }), { environment, progress });
  expect(await readFile(program.command, 'utf8')).toContain('built');
  expect(lines[1]).toContain(reason);
});

test('where there is neither an archive nor a Go toolchain, people are told what to install', async () => {
  const { environment, progress } = await machine({ go: false });
  const attempt = provision(recipe({ platform: 'plan9-mips' }), { environment, progress });
  await expect(attempt).rejects.toThrow(
    /there is no release archive for plan9-mips\. .* go is not on this machine\. Install the temporal command 1\.5\.1 .* or set TEMPORAL_ADDRESS/,
  );
});
