import type { Service } from '../../domain/service.ts';
import { SECOND_MS } from '../../domain/units.ts';

/** What a service answered to `GET /health`; one sentence without anything that it sent. */
export interface Health {
  readonly healthy: boolean;
  readonly message: string;
  /** What is to be done about it. */
  readonly kind: 'well' | 'refused' | 'unreachable';
}

const MOST_REDIRECTS = 20;
const REFUSED = new Set([401, 403]);

function reason(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  return name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? name);
}

function judged(status: number, name: string): Health {
  if (status === 200) return { healthy: true, kind: 'well', message: `Service ${name} answers.` };
  if (REFUSED.has(status))
    return { healthy: false, kind: 'refused', message: `Service ${name} refused our credentials (${status}).` };
  return { healthy: false, kind: 'unreachable', message: `Service ${name} answered ${status} to its health check.` };
}

/** One GET that never leaves the service's origin, however it is redirected. */
async function statusOf(url: string, init: RequestInit): Promise<number | 'elsewhere'> {
  let next = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const reply = await fetch(next, { ...init, redirect: 'manual' });
    await reply.body?.cancel();
    const location = reply.headers.get('location');
    if (reply.status < 300 || reply.status >= 400 || location === null) return reply.status;
    const to = new URL(location, next);
    if (to.origin !== new URL(url).origin) return 'elsewhere';
    next = to.href;
  }
  return 'elsewhere';
}

/** Asks a service whether it is well. Never throws. @param headers as they are to be sent. */
export async function healthOf(
  service: Service,
  headers: Readonly<Record<string, string>>,
  withinSeconds: number,
): Promise<Health> {
  const { name, baseUrl } = service;
  try {
    const signal = AbortSignal.timeout(withinSeconds * SECOND_MS);
    const status = await statusOf(`${baseUrl}/health`, { headers, signal });
    if (status !== 'elsewhere') return judged(status, name);
    return {
      healthy: false,
      kind: 'unreachable',
      message: `Service ${name} redirects to another origin; nothing is sent there.`,
    };
  } catch (error) {
    return {
      healthy: false,
      kind: 'unreachable',
      message: `Service ${name} cannot be reached at ${baseUrl} (${reason(error)}).`,
    };
  }
}
