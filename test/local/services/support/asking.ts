import { request } from 'node:http';
import { startSimulatedServices, type SimulatedServices } from '../../../../local/services/server.ts';
import type { SimulatedServiceOptions } from '../../../../local/services/options.ts';

/** A service that answers at once and forgets nothing. */
export const QUICK: Partial<SimulatedServiceOptions> = {
  coldStartSeconds: 0,
  scaledownSeconds: 0.05,
  latency: { meanSeconds: 0.01, sdSeconds: 0 },
};

export async function startCaption(options: Partial<SimulatedServiceOptions> = {}): Promise<SimulatedServices> {
  return startSimulatedServices({ seed: 7, services: { caption: { ...QUICK, ...options } } });
}

export const ACCEPTED = '/v1/chat/completions/async';
export const STATUS = '/v1/chat/completions/status/';

export function chatBody(picture: Buffer | null, prompt = 'Describe.', more: object = {}): string {
  const image =
    picture === null ? [] : [{ type: 'image_url', image_url: { url: `data:image/png;base64,${picture.toString('base64')}` } }];
  const content = [{ type: 'text', text: prompt }, ...image];
  return JSON.stringify({ model: 'qwen-caption-special', messages: [{ role: 'user', content }], temperature: 0, ...more });
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** How it looks where no reply comes. */
export const NO_REPLY = { message: 'no reply' };

export interface Sending {
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** Gives up after so long. */
  readonly deadlineMs?: number;
}

/** Soon over where no reply is to come; by then the request has long arrived. */
export function patience(seen: object): Sending {
  return seen === NO_REPLY ? { deadlineMs: 2_000 } : {};
}

/** One request of plain HTTP on a connection of its own, redirects not followed. Rejects where no reply comes. */
export async function send(url: string, { body, headers = {}, deadlineMs = 30_000 }: Sending = {}): Promise<Got> {
  return new Promise<Got>((resolve, reject) => {
    const asked = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false });
    const deadline = setTimeout(() => asked.destroy(new Error(NO_REPLY.message)), deadlineMs);
    asked.on('close', () => clearTimeout(deadline)).on('error', reject);
    asked.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece)).on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: objectOf(text) });
      });
    });
    asked.end(body);
  });
}

function objectOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function urlOf(simulated: SimulatedServices, path: string, name = 'caption'): string {
  return `${simulated.services[name]?.baseUrl}${path}`;
}

export async function submit(simulated: SimulatedServices, body: string): Promise<string> {
  const { json } = await send(urlOf(simulated, ACCEPTED), { body });
  return String(json['call_id']);
}

/** Polls until the answer is another than 202. */
export async function poll(simulated: SimulatedServices, callId: string): Promise<Got> {
  for (;;) {
    const got = await send(urlOf(simulated, STATUS + callId));
    if (got.status !== 202) return got;
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
}

export function textOf({ json }: Got): unknown {
  const [choice] = json['choices'] as { message: { content: unknown } }[];
  return choice?.message.content;
}
