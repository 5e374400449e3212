import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Failure } from '../../domain/failure.ts';
import { parseControl } from './parse.ts';
import { jsonReply, textReply, type WholeReply } from './reply.ts';
import { serviceOf, type Simulation } from './simulation.ts';
import { gpusHeld, summarize } from './summary.ts';

/**
 * What only a simulation has, on every of its ports: `POST /_control`, `GET /_journal?from=n`, `GET /_summary`,
 * `GET /_gpus`.
 * @returns null for any other path.
 */
export async function answerControl(simulation: Simulation, name: string, message: IncomingMessage): Promise<WholeReply | null> {
  const url = new URL(message.url ?? '/', 'http://simulated');
  const { journal } = simulation;
  if (url.pathname === '/_journal') {
    return textReply(200, journal.lines(Number(url.searchParams.get('from') ?? 0)), { 'content-type': 'application/x-ndjson' });
  }
  if (url.pathname === '/_gpus') return jsonReply(200, gpusHeld(simulation));
  if (url.pathname === '/_summary') return jsonReply(200, summarize(simulation));
  if (url.pathname !== '/_control') return null;
  if (message.method !== 'POST')
    return jsonReply(405, { error: 'POST a JSON object with service, faults, slowdown, preempt or outage.' });
  return disturbed(simulation, name, await text(message));
}

function disturbed(simulation: Simulation, name: string, body: string): WholeReply {
  try {
    const { service = name, ...disturbance } = parseControl(jsonOf(body));
    serviceOf(simulation, service).disturb(disturbance);
    return jsonReply(200, { service, ...disturbance });
  } catch (error) {
    if (error instanceof Failure) return jsonReply(400, { error: error.message });
    throw error;
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Failure(
      'InvalidConfiguration',
      'The body of /_control is not JSON: send an object with service, faults, slowdown, preempt or outage.',
    );
  }
}
