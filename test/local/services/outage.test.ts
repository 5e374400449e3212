import { afterEach, describe, expect, it } from 'vitest';
import type { Outage } from '../../../local/services/outage.ts';
import { startSimulatedServices, type SimulatedServices } from '../../../local/services/server.ts';
import { ACCEPTED, chatBody, NO_REPLY, patience, poll, QUICK, send, STATUS, submit, textOf, urlOf } from './support/asking.ts';

const running: SimulatedServices[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

async function start(options: object = {}): Promise<SimulatedServices> {
  const service = { ...QUICK, ...options };
  const simulated = await startSimulatedServices({ seed: 7, services: { caption: service, vqa: service } });
  running.push(simulated);
  return simulated;
}

const body = chatBody(null);
/** Asked at the other service, which is there. */
const control = async (simulated: SimulatedServices, outage: Outage | null): Promise<unknown> =>
  (await send(urlOf(simulated, '/_control', 'vqa'), { body: JSON.stringify({ service: 'caption', outage }) })).status;
const named = (simulated: SimulatedServices, ...names: string[]): readonly string[] =>
  simulated.journal.events.map(({ event }) => event).filter((event) => names.includes(event));

const SEEN: readonly (readonly [outage: Outage, seen: object])[] = [
  [{ fault: 'refused' }, { code: 'ECONNREFUSED' }],
  [{ fault: 'gone' }, { status: 404, text: expect.stringMatching(/^modal-http: /u) }],
  [{ fault: 'unauthorized' }, { status: 401 }],
  [{ fault: 'forbidden' }, { status: 403 }],
  [
    { fault: 'unavailable', retryAfterSeconds: 3 },
    { status: 503, headers: { 'retry-after': '3' } },
  ],
  [{ fault: 'bad_gateway' }, { status: 502 }],
  [{ fault: 'silence' }, NO_REPLY],
];

describe('an outage', () => {
  it.each(SEEN)('%j is all that anybody gets, until it is over', async (outage, seen) => {
    const simulated = await start();
    const callId = await submit(simulated, body);
    expect(await control(simulated, outage)).toBe(200);
    const asked = [send(urlOf(simulated, ACCEPTED), { body, ...patience(seen) })];
    for (const path of [STATUS + callId, '/health', '/nowhere', `${ACCEPTED}?__modal_function_call_id=fc-edge-1`])
      asked.push(send(urlOf(simulated, path), patience(seen)));
    for (const got of asked) expect(await got.catch((error: unknown) => error)).toMatchObject(seen);
    expect((await send(urlOf(simulated, '/health', 'vqa'))).status).toBe(200);
    expect(await control(simulated, null)).toBe(200);
    await expect.poll(async () => (await send(urlOf(simulated, '/health')).catch(() => null))?.status).toBe(200);
    expect(textOf(await poll(simulated, callId))).toMatch(/simulated/u);
    expect(named(simulated, 'outage_began', 'outage_ended', 'accepted')).toEqual(['accepted', 'outage_began', 'outage_ended']);
  });

  it('ends by itself where it is told when', async () => {
    const simulated = await start();
    await control(simulated, { fault: 'refused', seconds: 0.05 });
    await expect.poll(async () => (await send(urlOf(simulated, '/health')).catch(() => null))?.status).toBe(200);
    expect(named(simulated, 'outage_began', 'outage_ended')).toEqual(['outage_began', 'outage_ended']);
  });

  it('gives way to the next one, and leaves the faults as they are', async () => {
    const simulated = await start({ faults: [{ fault: 'too_many', call: 'submit' }] });
    await control(simulated, { fault: 'gone' });
    await control(simulated, { fault: 'unauthorized' });
    expect((await send(urlOf(simulated, '/health'))).status).toBe(401);
    await control(simulated, null);
    expect((await send(urlOf(simulated, ACCEPTED), { body })).status).toBe(429);
  });

  it('can be begun on the very port that it shuts, and closed with', async () => {
    const simulated = await start();
    const got = await send(urlOf(simulated, '/_control'), { body: '{"outage":{"fault":"refused","seconds":600}}' });
    expect(got).toMatchObject({ status: 200, json: { service: 'caption' } });
    await expect(send(urlOf(simulated, '/health'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('that does not exist is refused in a sentence', async () => {
    const simulated = await start();
    const got = await send(urlOf(simulated, '/_control'), { body: '{"outage":{"fault":"flood"}}' });
    expect(got.json['error']).toMatch(/^outage\.fault: expected one of refused, gone/u);
  });
});

describe('two services in one simulation', () => {
  it('have their GPUs counted together, by the rule and by the containers', async () => {
    const simulated = await start({ inputsPerContainer: 1, latency: { meanSeconds: 3, sdSeconds: 0 }, scaledownSeconds: 0.1 });
    await Promise.all([submit(simulated, body), submit(simulated, body), send(urlOf(simulated, ACCEPTED, 'vqa'), { body })]);
    await expect.poll(() => named(simulated, 'container_stopped')).toHaveLength(3);
    const { json } = await send(urlOf(simulated, '/_gpus', 'vqa'));
    for (const way of ['by_rule', 'by_containers']) {
      const steps = json[way] as { at_ms: number; gpus: number }[];
      expect(steps.map(({ gpus }) => gpus)).toEqual([1, 2, 3, 2, 1, 0]);
      expect(steps.map(({ at_ms: at }) => at)).toEqual(steps.map(({ at_ms: at }) => at).toSorted((a, b) => a - b));
    }
    const summary = (await send(urlOf(simulated, '/_summary'))).json;
    expect(summary).toMatchObject({ peak_gpus: { by_rule: 3, by_containers: 3 } });
  });
});
