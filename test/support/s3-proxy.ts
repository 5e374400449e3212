import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request on its way to S3. */
export type S3Fault =
  | { readonly kind: 'pass' }
  /** Answered here; S3 never hears of it. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string }
  /** Heard, never passed on and never answered. */
  | { readonly kind: 'silence' }
  /** Done, and then the connection is closed instead of the reply. */
  | { readonly kind: 'lose_reply' }
  /** So many bytes of the body, then the connection is closed, or nothing more comes. */
  | { readonly kind: 'cut' | 'stall'; readonly afterBytes: number };

export interface S3Proxy {
  readonly endpoint: string;
  /** How many requests came with that method. */
  count(method: string): number;
  close(): Promise<void>;
}

const SLOW_DOWN = { kind: 'refuse', status: 503, code: 'SlowDown' } as const satisfies S3Fault;
export const PASS: S3Fault = { kind: 'pass' };

/** @returns a fault for every request that refuses that share of them with 503 SlowDown, evenly spread. */
export function slowDown(share: number): () => S3Fault {
  let owed = 0;
  return () => {
    owed += share;
    if (owed < 1) return PASS;
    owed -= 1;
    return SLOW_DOWN;
  };
}

function refuse(response: ServerResponse, { status, code }: { readonly status: number; readonly code: string }): void {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
}

/** Writes at most `bytes` of the body, then `last` happens. */
function begin(
  from: IncomingMessage,
  to: ServerResponse,
  { bytes, last }: { readonly bytes: number; readonly last: () => void },
): void {
  let left = bytes;
  to.flushHeaders();
  if (left === 0) last();
  from.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, left);
    left -= part.byteLength;
    if (part.byteLength > 0) to.write(part, () => (left === 0 ? last() : undefined));
  });
}

function relay(from: IncomingMessage, to: ServerResponse, fault: S3Fault): void {
  if (fault.kind === 'lose_reply') {
    from.resume().once('end', () => to.destroy());
    return;
  }
  to.writeHead(from.statusCode ?? 502, from.headers);
  if (fault.kind === 'cut') begin(from, to, { bytes: fault.afterBytes, last: () => to.destroy() });
  else if (fault.kind === 'stall') begin(from, to, { bytes: fault.afterBytes, last: () => {} });
  else from.pipe(to);
}

/** A proxy on the way to an S3 server that does to every request what `fault` says. */
export async function startS3Proxy(target: string, fault: (request: IncomingMessage) => S3Fault): Promise<S3Proxy> {
  const { hostname, port } = new URL(target);
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const method = request.method ?? '';
    counts.set(method, (counts.get(method) ?? 0) + 1);
    const what = fault(request);
    if (what.kind === 'refuse') {
      request.resume().once('end', () => refuse(response, what));
      return;
    }
    if (what.kind === 'silence') {
      request.resume();
      return;
    }
    const onward = httpRequest({ hostname, port, method, path: request.url, headers: request.headers });
    onward.on('response', (reply) => relay(reply, response, what));
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (method) => counts.get(method) ?? 0,
    close,
  };
}
