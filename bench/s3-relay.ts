import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Figures } from './s3-figures.ts';
import { S3Purposes, s3RequestOf, type S3Operation, type S3Purpose } from './s3-request.ts';

/** Bytes of bodies, to the server and from it. */
export interface S3Bytes {
  readonly sent: number;
  readonly received: number;
}

/** A way to an S3 server that is as long as one to a real bucket, and counts what passes. */
export interface S3Relay {
  readonly endpoint: string;
  /** Of everything that has passed so far. */
  figures(): S3Figures;
  /** Of everything that has passed so far. */
  moved(): S3Bytes;
  close(): Promise<void>;
}

/** Long, so that no connection is closed under a request. */
const KEEP_ALIVE_MS = 600_000;

class Tally {
  readonly #purposes = new S3Purposes();
  readonly #counts: Partial<Record<S3Purpose, Partial<Record<S3Operation, number>>>> = {};
  readonly #bytes = { sent: 0, received: 0 };

  add({ method = 'GET', url = '/' }: IncomingMessage, body: Uint8Array): void {
    const asked = s3RequestOf(method, url);
    const counts = (this.#counts[this.#purposes.of(asked, body)] ??= {});
    counts[asked.operation] = (counts[asked.operation] ?? 0) + 1;
    this.#bytes.sent += body.byteLength;
  }

  received(chunk: Uint8Array): void {
    this.#bytes.received += chunk.byteLength;
  }

  get bytes(): S3Bytes {
    return { ...this.#bytes };
  }

  get counts(): S3Figures['counts'] {
    return structuredClone(this.#counts);
  }
}

interface Way {
  readonly hostname: string;
  readonly port: string;
  readonly agent: Agent;
  readonly latencyMs: number;
  readonly tally: Tally;
}

async function pass(way: Way, near: IncomingMessage, response: ServerResponse): Promise<void> {
  const { hostname, port, agent, latencyMs, tally } = way;
  const [body] = await Promise.all([buffer(near), latencyMs > 0 ? sleep(latencyMs) : null]);
  tally.add(near, body);
  const { expect: _answeredHere, ...headers } = near.headers;
  const onward = request({ hostname, port, agent, method: near.method, path: near.url, headers });
  onward.on('error', () => response.destroy());
  onward.end(body);
  const [reply] = (await once(onward, 'response')) as [IncomingMessage];
  reply.on('data', (chunk: Uint8Array) => tally.received(chunk));
  response.writeHead(reply.statusCode ?? 502, reply.headers);
  reply.pipe(response).on('close', () => reply.destroy());
}

function ended(server: Server, agent: Agent): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    agent.destroy();
  });
}

/** @param target the endpoint of a server. @param latencyMs what every request waits before it is passed on. */
export async function startS3Relay(target: string, latencyMs: number): Promise<S3Relay> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const tally = new Tally();
  const way = { hostname, port, agent, latencyMs, tally };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (near, response) => {
    pass(way, near, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    figures: () => ({ latencyMs, counts: tally.counts }),
    moved: () => tally.bytes,
    close: () => ended(server, agent),
  };
}
