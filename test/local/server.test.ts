import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../local/ports.ts';
import { type ServerOptions, startServer } from '../../local/server.ts';
import { isAlive } from '../support/alive.ts';
import { scratchDirectory } from '../support/scratch.ts';

/** A server in plain JavaScript, listening on the port that is its last argument. */
async function options(script: string, more: Partial<ServerOptions> = {}): Promise<ServerOptions> {
  const [directory, [port]] = [await scratchDirectory(), await freePorts([0])];
  const file = join(directory, 'server.mjs');
  await writeFile(file, `import { createServer } from 'node:http'; const port = Number(process.argv.at(-1)); ${script}`);
  return {
    name: 'The clock',
    program: { command: process.execPath, args: [file], environment: { FROM_PROGRAM: 'yes' } },
    args: [String(port)],
    healthUrl: `http://127.0.0.1:${port}/health`,
    logFile: join(directory, 'log', 'server.log'),
    ...more,
  };
}

const LISTEN = "createServer((request, response) => response.end('ok')).listen(port, '127.0.0.1');";

async function start(serverOptions: ServerOptions) {
  const server = await startServer(serverOptions);
  onTestFinished(() => server.close());
  return server;
}

test('a server is ready when its health address answers 200, and gone when it is closed', async () => {
  const settings = await options(
    `let looks = 0; createServer((request, response) => { response.statusCode = ++looks > 2 ? 200 : 503; response.end(); }).listen(port, '127.0.0.1');`,
  );
  const server = await start(settings);
  expect(await fetch(settings.healthUrl)).toMatchObject({ status: 200 });
  await server.close();
  expect(isAlive(server.pid)).toBe(false);
  await expect(fetch(settings.healthUrl)).rejects.toThrow('fetch failed');
});

test('a server gets the environment of its program and its own, and writes into its log', async () => {
  const settings = await options(`console.log(process.env.FROM_PROGRAM, process.env.OWN, process.env.AWS_PROFILE); ${LISTEN}`, {
    environment: { OWN: 'too' },
  });
  process.env['AWS_PROFILE'] = 'somebody';
  onTestFinished(() => void delete process.env['AWS_PROFILE']);
  await start(settings);
  expect(await readFile(settings.logFile, 'utf8')).toBe('yes too undefined\n');
});

test('a server that ends is reported with its exit code and the end of its own log', async () => {
  const settings = await options("console.error('the disk is full'); process.exit(7);");
  await expect(startServer(settings)).rejects.toMatchObject({
    kind: 'Unreachable',
    message: 'The clock did not start: it ended with exit code 7. Its log ends:\nthe disk is full',
  });
});

test('a server that is not ready in time is reported and killed', async () => {
  const settings = await options('console.log(process.pid); setInterval(() => {}, 1000);', { readyWithinMs: 5_000 });
  await expect(startServer(settings)).rejects.toThrow('did not answer within 5 s');
  const pid = Number(await readFile(settings.logFile, 'utf8'));
  expect(isAlive(pid)).toBe(false);
});

test('a server that does not heed SIGTERM is killed', async () => {
  const settings = await options(`process.on('SIGTERM', () => console.log('no')); ${LISTEN}`, { graceMs: 5_000 });
  const server = await start(settings);
  await server.close();
  expect(isAlive(server.pid)).toBe(false);
  expect(await readFile(settings.logFile, 'utf8')).toBe('no\n');
});

test('a program that is not there is named', async () => {
  const settings = await options(LISTEN, { program: { command: '/nowhere/clock', args: [], environment: {} } });
  await expect(startServer(settings)).rejects.toThrow('The clock cannot be started from /nowhere/clock');
});

test('a port that is taken is refused with what to do', async () => {
  const settings = await options(LISTEN);
  await start(settings);
  const port = Number(settings.args[0]);
  await expect(freePorts([0, port])).rejects.toThrow(`Port ${port} on 127.0.0.1 cannot be taken: stop what listens there`);
});
