import { afterEach, describe, expect, it } from 'vitest';
import { createHttpRunner, type HttpReply, type HttpSettings } from '../../../adapters/http/request.ts';
import { MIB } from '../../../domain/units.ts';
import { answer, startLoopback, type Loopback } from '../../support/loopback.ts';
import { startRawServer } from '../../support/raw-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

async function serve(listener: Parameters<typeof startLoopback>[0]): Promise<Loopback> {
  const server = await startLoopback(listener);
  open.push(server);
  return server;
}

/** A server that does this with every connection once its first bytes are there. */
async function serveRaw(speak: Parameters<typeof startRawServer>[0]): Promise<string> {
  const server = await startRawServer(speak);
  open.push(server);
  return server.origin;
}

function runner(settings: Partial<HttpSettings> = {}): ReturnType<typeof createHttpRunner> {
  const made = createHttpRunner({ deadlineMs: 10_000, ...settings });
  open.unshift(made);
  return made;
}

/** Time enough for a connection to stand, on any machine. */
const DEADLINE_MS = 2_000;

const get = (url: string, settings: Partial<HttpSettings> = {}): Promise<HttpReply> =>
  runner(settings).send({ method: 'GET', url, body: null });
const post = (url: string, settings: Partial<HttpSettings> = {}): Promise<HttpReply> =>
  runner(settings).send({ method: 'POST', url, body: '{"a":1}' });

describe('a request', () => {
  it('carries its headers and body, and brings back status, body and Retry-After', async () => {
    const server = await serve(answer(429, 'later', { 'retry-after': '7' }));
    const reply = await post(`${server.origin}/x?y=1`, { headers: { 'Modal-Key': 'secret-key' } });
    expect(reply).toEqual({ status: 429, fault: null, detail: '', body: 'later', retryAfter: '7', followed: false });
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/x?y=1', body: '{"a":1}' });
    expect(server.requests[0]?.headers).toMatchObject({ 'modal-key': 'secret-key', 'content-type': 'application/json' });
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    const server = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const http = runner();
    for (let i = 0; i < 8; i += 1) await http.send({ method: 'GET', url: server.origin, body: null });
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

describe('redirects', () => {
  it('are followed as GET on 303, with the headers, as often as a cold start needs', async () => {
    const server = await serve((request, response) => {
      const hops = server.requests.length;
      if (hops < 8) response.writeHead(303, { location: `/wait/${hops}` }).end();
      else response.end(request.method);
    });
    const reply = await post(`${server.origin}/submit`, { headers: { 'modal-key': 'k' } });
    expect(reply).toMatchObject({ status: 200, body: 'GET', followed: true });
    expect(server.requests.map((request) => request.body)).toEqual(['{"a":1}', '', '', '', '', '', '', '']);
    expect(server.requests.every((request) => request.headers['modal-key'] === 'k')).toBe(true);
  });

  it('repeat the whole POST on 307', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/submit') response.writeHead(307, { location: '/again' }).end();
      else response.end('taken');
    });
    expect(await post(`${server.origin}/submit`)).toMatchObject({ status: 200, body: 'taken' });
    expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/submit', '{"a":1}'],
      ['POST', '/again', '{"a":1}'],
    ]);
  });

  it.each([301, 302, 303, 307, 308])('to another origin send nothing there (%i)', async (status) => {
    const stranger = await serve(answer(200, 'give me your headers'));
    const server = await serve(answer(status, '', { location: `${stranger.origin}/` }));
    const reply = await post(server.origin, { headers: { 'modal-key': 'k' } });
    expect(reply).toMatchObject({ status: null, fault: 'elsewhere', detail: stranger.origin });
    expect(stranger.requests).toHaveLength(0);
  });

  it('end after twenty', async () => {
    const server = await serve(answer(303, '', { location: '/' }));
    expect(await get(server.origin)).toMatchObject({ status: null, fault: 'too_many_redirects' });
    expect(server.requests).toHaveLength(21);
  });

  it('do not prolong the deadline', async () => {
    const server = await serve((_request, response) => {
      setTimeout(() => response.writeHead(303, { location: '/' }).end(), DEADLINE_MS / 5);
    });
    expect(await get(server.origin, { deadlineMs: DEADLINE_MS })).toMatchObject({ fault: 'timeout' });
  });

  it('make a place that cannot be reached a broken connection: the request itself had been taken in', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(303, { location: '/wait', connection: 'close' }).end();
      response.once('close', () => void server.close());
    });
    expect(await post(server.origin)).toMatchObject({ status: null, fault: 'reset', followed: true });
  });
});

describe('an answer', () => {
  it('of 100 MB is not read, announced or not', async () => {
    let sent = 0;
    const server = await serve((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': String(100 * MIB) });
      const chunk = Buffer.alloc(MIB, 'x');
      const more = (): void => {
        while (sent < 100 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    expect(await get(`${server.origin}/announced`)).toMatchObject({ status: null, fault: 'too_long' });
    expect(await get(`${server.origin}/streamed`)).toMatchObject({ status: null, fault: 'too_long' });
    expect(sent).toBeLessThan(100);
  });

  it('may be as long as the cap', async () => {
    const server = await serve(answer(200, 'x'.repeat(100)));
    expect(await get(server.origin, { maxBytes: 100 })).toMatchObject({ status: 200, fault: null });
    expect(await get(server.origin, { maxBytes: 99 })).toMatchObject({ fault: 'too_long' });
  });

  it('that trickles is cut at the deadline', async () => {
    const server = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.once('close', () => clearInterval(timer));
    });
    expect(await get(server.origin, { deadlineMs: DEADLINE_MS })).toMatchObject({ status: null, fault: 'timeout' });
  });

  it('that never comes is a timeout', async () => {
    const server = await serve(() => {});
    expect(await post(server.origin, { deadlineMs: DEADLINE_MS })).toMatchObject({ status: null, fault: 'timeout' });
  });

  it('that is cut is a broken connection', async () => {
    const origin = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"call_id"');
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect(await post(origin)).toMatchObject({ status: null, fault: 'reset' });
  });

  it.each(['', 'this is not HTTP\r\n\r\n'])('that begins with %j and then breaks is a broken connection', async (text) => {
    const origin = await serveRaw((socket) => {
      socket.write(text);
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect(await post(origin)).toMatchObject({ status: null, fault: 'reset' });
  });
});

describe('where nothing can be sent', () => {
  it('a header that HTTP cannot carry is a fault, not an exception', async () => {
    const server = await serve(answer(200, ''));
    expect(await post(server.origin, { headers: { 'x-key': 'two\nlines' } })).toMatchObject({
      status: null,
      fault: 'unreachable',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('a refused connection is unreachable', async () => {
    const server = await startLoopback(answer(200, ''));
    await server.close();
    expect(await post(server.origin)).toMatchObject({ status: null, fault: 'unreachable', detail: 'ECONNREFUSED' });
  });

  it('a name that does not exist is unreachable', async () => {
    expect(await post('http://name.invalid/')).toMatchObject({ status: null, fault: 'unreachable' });
  });

  it('a failed TLS handshake is unreachable', async () => {
    const server = await serve(answer(200, ''));
    expect(await post(server.origin.replace('http:', 'https:'))).toMatchObject({ status: null, fault: 'unreachable' });
  });

  it('a deadline that passes before the connection stands is unreachable, and nothing is sent later', async () => {
    // TEST-NET-1 (RFC 5737): nobody answers there, or the network refuses at once.
    expect(await post('http://192.0.2.1/', { deadlineMs: 100 })).toMatchObject({ status: null, fault: 'unreachable' });
  });
});
