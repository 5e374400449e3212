import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes back over the wire. Times are milliseconds. */
export type Reply =
  | WholeReply
  /** The same in ten pieces, with pauses between. */
  | (Omit<WholeReply, 'kind'> & { readonly kind: 'pieces'; readonly delayMs: number })
  /** The same after a while. */
  | (Omit<WholeReply, 'kind'> & { readonly kind: 'late'; readonly delayMs: number })
  /** 200 with so many bytes of text. */
  | { readonly kind: 'filler'; readonly bytes: number }
  | { readonly kind: 'reset' }
  /** Nothing, until the other side gives up. */
  | { readonly kind: 'silence' };

export interface WholeReply {
  readonly kind: 'whole';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WholeReply {
  return { kind: 'whole', status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function textReply(status: number, body: string, headers: Readonly<Record<string, string>> = {}): WholeReply {
  return { kind: 'whole', status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

/** @returns the status that the other side sees; null where it sees none. */
export function statusOf(reply: Reply): number | null {
  if (reply.kind === 'filler') return 200;
  return 'status' in reply ? reply.status : null;
}

/** Sends a reply. Never throws: the other side may go away at any time. */
export async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  if (response.destroyed) return;
  if (reply.kind === 'reset') response.socket?.resetAndDestroy();
  if (reply.kind === 'filler') await sendFiller(response, reply.bytes);
  if (reply.kind === 'late') {
    await sleep(reply.delayMs, null, { ref: false });
    await sendReply(response, { ...reply, kind: 'whole' });
  }
  if (reply.kind === 'whole') {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
    response.end(reply.body);
  }
  if (reply.kind === 'pieces') {
    response.writeHead(reply.status, reply.headers);
    await sendPieces(response, piecesOf(Buffer.from(reply.body)), reply.delayMs);
  }
}

const PIECES = 10;

function piecesOf(body: Buffer): readonly Buffer[] {
  const size = Math.max(1, Math.ceil(body.length / PIECES));
  return Array.from({ length: Math.ceil(body.length / size) }, (_, n) => body.subarray(n * size, (n + 1) * size));
}

async function sendPieces(response: ServerResponse, pieces: readonly Buffer[], delayMs: number): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    await sleep(delayMs, null, { ref: false });
  }
  response.end();
}

const CHUNK = Buffer.alloc(65_536, 'x');

async function sendFiller(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  for (let left = bytes; left > 0 && !response.destroyed; left -= CHUNK.length) {
    if (!response.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) await drained(response);
  }
  response.end();
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}
