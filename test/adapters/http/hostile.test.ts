import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createHttpRunner, type HttpReply, type HttpSettings } from '../../../adapters/http/request.ts';
import { MIB } from '../../../domain/units.ts';
import { answer, startLoopback, type Loopback } from '../../support/loopback.ts';
import { drip, flood, startRawServer, type RawServer } from '../../support/raw-server.ts';

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

async function speaking(speak: (socket: Socket) => void): Promise<RawServer> {
  const server = await startRawServer(speak);
  open.push(server);
  return server;
}

async function serving(listener: Parameters<typeof startLoopback>[0]): Promise<Loopback> {
  const server = await startLoopback(listener);
  open.push(server);
  return server;
}

function send(method: 'GET' | 'POST', url: string, settings: Partial<HttpSettings> = {}): Promise<HttpReply> {
  const runner = createHttpRunner({ deadlineMs: 20_000, ...settings });
  open.unshift(runner);
  return runner.send({ method, url, body: method === 'GET' ? null : '{"a":1}' });
}

/** Time enough for a connection to stand, on any machine. */
const DEADLINE_MS = 2_000;

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const CHUNK = `${MIB.toString(16)}\r\n${'x'.repeat(MIB)}\r\n`;
/** What the kernel holds between two programs, and far less than what is sent. */
const IN_PIPES = 32 * MIB;

describe('an answer without end', () => {
  it.each([
    { case: 'in chunks', head: CHUNKED, more: CHUNK },
    { case: 'until the connection closes', head: `${OK}\r\n`, more: 'x'.repeat(MIB) },
    { case: 'of the length it announced', head: `${OK}content-length: 9000000000000\r\n\r\n`, more: 'x'.repeat(MIB) },
  ])('is cut off at the cap, and its connection ends: $case', async (speech) => {
    const written: Promise<number>[] = [];
    const { origin } = await speaking((socket) => {
      written.push(new Promise((resolve) => void socket.once('close', () => resolve(socket.bytesWritten))));
      flood(socket, speech);
    });
    expect(await send('GET', origin)).toMatchObject({ status: null, fault: 'too_long' });
    expect(await written[0]).toBeLessThan(IN_PIPES);
  });

  it('is not made longer: what came compressed unasked is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * MIB));
    const server = await serving((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
    });
    const reply = await send('GET', server.origin);
    expect(reply.status).toBe(200);
    expect(reply.body.length).toBeLessThanOrEqual(bomb.byteLength);
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('is no answer where it is made of headers', async () => {
    const speech = { head: OK, more: `x-more: ${'x'.repeat(1_000)}\r\n` };
    const { origin } = await speaking((socket) => flood(socket, speech));
    expect(await send('GET', origin)).toMatchObject({ status: null, fault: 'reset', detail: expect.stringMatching(/HEADERS/u) });
  });
});

describe('an answer that takes for ever', () => {
  it.concurrent.each([
    { case: 'a body, byte by byte', head: `${OK}content-length: 1000000\r\n\r\n`, more: 'x' },
    { case: 'chunks of a byte', head: CHUNKED, more: '1\r\nx\r\n' },
    { case: 'a chunk size that never ends', head: CHUNKED, more: '0' },
    { case: 'headers, byte by byte', head: `${OK}x-slow: `, more: 'x' },
    { case: 'a status line, byte by byte', head: 'HTTP/1.1 200 ', more: 'O' },
    { case: 'hints that an answer will come', head: '', more: 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' },
    { case: 'trailers, byte by byte', head: `${CHUNKED}0\r\nx-slow: `, more: 'x' },
  ])('ends at the deadline of the whole request: $case', async (speech) => {
    const { origin } = await speaking((socket) => drip(socket, speech));
    const replies = (['GET', 'POST'] as const).map((method) => send(method, origin, { deadlineMs: DEADLINE_MS }));
    for (const reply of replies) expect(await reply).toMatchObject({ status: null, fault: 'timeout' });
  });

  it.concurrent('has no new deadline behind a redirect', async () => {
    const renewed = vi.fn<() => void>();
    const deadlineMs = 3 * DEADLINE_MS;
    const server = await serving((request, response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.once('close', () => clearInterval(timer));
      if (request.url === '/slow') return;
      clearInterval(timer);
      setTimeout(() => {
        setTimeout(renewed, deadlineMs);
        response.writeHead(303, { location: '/slow' }).end();
      }, DEADLINE_MS / 4);
    });
    const reply = await send('POST', `${server.origin}/`, { deadlineMs });
    expect(reply).toMatchObject({ fault: 'timeout', followed: true });
    expect(renewed).not.toHaveBeenCalled();
  });
});

const SECRETS = { authorization: 'Bearer s', 'modal-key': 'k', 'modal-secret': 's', cookie: 'a=b', 'x-anything': 'at all' };

describe('a redirect to another origin', () => {
  const elsewhere: readonly (readonly [name: string, location: (port: string) => string])[] = [
    ['another port', (port) => `http://127.0.0.1:${port}/`],
    ['another host', (port) => `http://localhost:${port}/`],
    ['another scheme', (port) => `https://127.0.0.1:${port}/`],
    ['our host as a user', (port) => `http://127.0.0.1@127.0.0.1:${port}/`],
    ['no scheme', (port) => `//127.0.0.1:${port}/`],
    ['backslashes', (port) => `\\\\127.0.0.1:${port}\\`],
    ['a slash and a backslash', (port) => `/\\127.0.0.1:${port}/`],
    ['tabs in between', (port) => `/\t/127.0.0.1:${port}/`],
    ['a number for a host', (port) => `http://2130706433:${port}/`],
  ];

  it.each(elsewhere)('opens no connection there: %s', async (_name, location) => {
    const stranger = await speaking((socket) => void socket.end(`${OK}content-length: 2\r\n\r\nok`));
    const to = location(new URL(stranger.origin).port);
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await serving(answer(status, '', { location: to }));
      for (const method of ['GET', 'POST'] as const)
        expect(await send(method, server.origin, { headers: SECRETS })).toMatchObject({ status: null, fault: 'elsewhere' });
      expect(server.requests).toHaveLength(2);
    }
    expect(stranger.connections).toBe(0);
  });

  it('is found out on a later hop as well', async () => {
    const stranger = await speaking((socket) => void socket.end(`${OK}\r\n`));
    const server = await serving((request, response) => {
      const location = request.url === '/' ? '/next' : stranger.origin;
      response.writeHead(307, { location }).end();
    });
    expect(await send('POST', server.origin, { headers: SECRETS })).toMatchObject({ fault: 'elsewhere', followed: true });
    expect(stranger.connections).toBe(0);
  });
});

describe('a redirect on its own origin', () => {
  it.each([303, 307, 308])('that leads round in a circle ends (%i)', async (status) => {
    const server = await serving((request, response) => {
      response.writeHead(status, { location: request.url === '/a' ? '/b' : '/a' }).end();
    });
    expect(await send('POST', `${server.origin}/a`)).toMatchObject({ status: null, fault: 'too_many_redirects' });
    expect(server.requests).toHaveLength(21);
    expect(new Set(server.requests.slice(1).map(({ method }) => method))).toEqual(new Set([status === 303 ? 'GET' : 'POST']));
  });

  it('takes along neither the body nor its type as GET, and no user from the address', async () => {
    const server = await serving((request, response) => {
      const { host } = request.headers;
      if (request.method === 'POST') response.writeHead(303, { location: `http://user:word@${host}/wait` }).end();
      else response.end('done');
    });
    expect(await send('POST', server.origin, { headers: { 'modal-key': 'k' } })).toMatchObject({ status: 200, body: 'done' });
    const [, followed] = server.requests;
    expect(followed).toMatchObject({ method: 'GET', path: '/wait', body: '', headers: { 'modal-key': 'k' } });
    for (const name of ['content-type', 'content-length', 'authorization']) expect(followed?.headers[name]).toBeUndefined();
  });
});
