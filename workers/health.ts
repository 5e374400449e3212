import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Worker } from '@temporalio/worker';

/** `GET /health` for whatever keeps the worker alive. */
export interface Health {
  /** Null where none was asked for. */
  readonly port: number | null;
  close(): Promise<void>;
}

/** @param port null for none, 0 for any that is free. */
export async function serveHealth(port: number | null, workers: readonly Worker[]): Promise<Health> {
  if (port === null) return { port: null, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    const states = workers.map((worker) => worker.getState());
    const well = request.url === '/health' && states.every((state) => state === 'RUNNING');
    response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: well ? 'ok' : 'not running', workers: states }));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, close };
}
