import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Loopback {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

/** An HTTP server of the test's own; each request is read whole and noted before the listener answers it. */
export async function startLoopback(listener: RequestListener): Promise<Loopback> {
  const requests: ReceivedRequest[] = [];
  const note = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    const body = await textOf(request);
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    listener(request, response);
  };
  const server = createServer((request, response) => {
    note(request, response).catch(() => response.destroy());
  });
  const origin = await listening(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, requests, close };
}

/** A listener that always answers the same. */
export function answer(status: number, body: string, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}
