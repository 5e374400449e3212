import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultPlan, FAULTS, type Fault, type FaultName, type Occasion } from '../../../local/services/faults.ts';
import type { SimulatedServiceOptions } from '../../../local/services/options.ts';
import type { SimulatedServices } from '../../../local/services/server.ts';
import {
  ACCEPTED,
  chatBody,
  NO_REPLY,
  patience,
  poll,
  send,
  startCaption,
  STATUS,
  submit,
  textOf,
  urlOf,
  type Sending,
} from './support/asking.ts';
import { scene, WATER } from './support/scenes.ts';

const running: SimulatedServices[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

async function startWith(faults: readonly Fault[], options: Partial<SimulatedServiceOptions> = {}): Promise<SimulatedServices> {
  const simulated = await startCaption({ ...options, faults });
  running.push(simulated);
  return simulated;
}

const body = chatBody(null);
const ask = (simulated: SimulatedServices, more: Sending = {}) => send(urlOf(simulated, ACCEPTED), { body, ...more });
const accepted = (simulated: SimulatedServices): number =>
  simulated.journal.events.filter(({ event }) => event === 'accepted').length;

/** How a submit under a fault looks from outside, and how many jobs it makes. */
const SUBMITS: readonly (readonly [fault: Fault, seen: object, jobs: number])[] = [
  [{ fault: 'reset' }, { code: 'ECONNRESET' }, 0],
  [{ fault: 'silence' }, NO_REPLY, 0],
  [{ fault: 'error_500' }, { status: 500, json: { error: 'simulated failure' } }, 0],
  [{ fault: 'bad_gateway' }, { status: 502, text: 'bad gateway' }, 0],
  [{ fault: 'too_many', retryAfterSeconds: 3 }, { status: 429, headers: { 'retry-after': '3' } }, 0],
  [{ fault: 'unavailable' }, { status: 503 }, 0],
  [{ fault: 'unauthorized' }, { status: 401 }, 0],
  [{ fault: 'forbidden' }, { status: 403 }, 0],
  [{ fault: 'gone' }, { status: 404, text: expect.stringMatching(/^modal-http: /u) }, 0],
  [{ fault: 'html' }, { status: 200, headers: { 'content-type': 'text/html' } }, 0],
  [{ fault: 'redirect_elsewhere' }, { status: 307, headers: { location: `http://elsewhere.invalid${ACCEPTED}` } }, 0],
  [{ fault: 'rejected' }, { status: 422 }, 0],
  [{ fault: 'too_large' }, { status: 413 }, 0],
  [{ fault: 'accepted_reset' }, { code: 'ECONNRESET' }, 1],
  [{ fault: 'accepted_silence' }, NO_REPLY, 1],
  [{ fault: 'accepted_bad_gateway' }, { status: 502 }, 1],
  [{ fault: 'half_json' }, { status: 200, text: expect.stringMatching(/^\{"call_id":"[^}]*$/u) }, 1],
  [{ fault: 'late', delaySeconds: 0.01 }, { status: 200, json: { status: 'pending' } }, 1],
  [{ fault: 'late', delaySeconds: 600 }, NO_REPLY, 1],
  [{ fault: 'slow_body', delaySeconds: 0.01 }, { status: 200, json: { status: 'pending' } }, 1],
];

describe('a submit', () => {
  it.each(SUBMITS)('can meet %j', async (fault, seen, jobs) => {
    const simulated = await startWith([fault]);
    expect(await ask(simulated, patience(seen)).catch((error: unknown) => error)).toMatchObject(seen);
    await expect.poll(() => accepted(simulated)).toBe(jobs);
  });

  it('can be redirected within its origin, to be repeated there', async () => {
    const simulated = await startWith([{ fault: 'redirect_same' }]);
    const first = await ask(simulated);
    expect(first.status).toBe(308);
    expect(await send(urlOf(simulated, String(first.headers['location'])), { body })).toMatchObject({ status: 200 });
    expect(accepted(simulated)).toBe(1);
  });

  it('can be answered by redirects that lead to its reply', async () => {
    const simulated = await startWith([{ fault: 'see_other', hops: 2 }]);
    let got = await ask(simulated);
    for (let hop = 0; hop < 3; hop += 1) {
      expect(got.status).toBe(303);
      got = await send(urlOf(simulated, String(got.headers['location'])));
    }
    expect(got).toMatchObject({ status: 200, json: { status: 'pending' } });
  });
});

/** How the poll of a job that is done looks under a fault. */
const POLLS: readonly (readonly [fault: Fault, seen: object])[] = [
  [
    { fault: 'error_500', call: 'poll', error: 'out of memory' },
    { status: 500, json: { error: 'out of memory' } },
  ],
  [{ fault: 'expired' }, { status: 404, json: { error: 'Job result expired (older than 7 days)' } }],
  [
    { fault: 'gone', call: 'poll' },
    { status: 404, text: expect.stringMatching(/^modal-http: /u) },
  ],
  [{ fault: 'unauthorized', call: 'poll' }, { status: 401 }],
  [{ fault: 'too_many', call: 'poll' }, { status: 429 }],
  [
    { fault: 'unavailable', call: 'poll', retryAfterSeconds: 1 },
    { status: 503, headers: { 'retry-after': '1' } },
  ],
  [
    { fault: 'half_json', call: 'poll' },
    { status: 200, json: {} },
  ],
  [{ fault: 'no_choices' }, { status: 200, json: { object: 'chat.completion', choices: [] } }],
  [{ fault: 'null_content' }, { status: 200, json: { choices: [{ message: { content: null } }] } }],
  [{ fault: 'empty_text' }, { status: 200, json: { choices: [{ message: { content: '' } }] } }],
];

describe('a poll', () => {
  it.each(POLLS)('can meet %j', async (fault, seen) => {
    const simulated = await startWith([fault]);
    const callId = await submit(simulated, body);
    await expect.poll(() => simulated.journal.events.map(({ event }) => event)).toContain('finished');
    expect(await send(urlOf(simulated, STATUS + callId))).toMatchObject(seen);
    simulated.configure('caption', { faults: [] });
    expect(textOf(await poll(simulated, callId))).toMatch(/simulated/u);
  });

  it('can answer 202 for ever', async () => {
    const simulated = await startWith([{ fault: 'pending' }]);
    const callId = await submit(simulated, body);
    await expect.poll(() => simulated.journal.events.map(({ event }) => event)).toContain('finished');
    const got = await send(urlOf(simulated, STATUS + callId));
    expect(got).toMatchObject({ status: 202, json: { status: 'pending', call_id: callId } });
  });

  it('can be answered with a body of any size', async () => {
    const simulated = await startWith([{ fault: 'huge_body', call: 'poll', bytes: 1_000_000 }]);
    const callId = await submit(simulated, body);
    await expect.poll(async () => (await send(urlOf(simulated, STATUS + callId))).text.length).toBe(1_000_000);
  });
});

describe('a job', () => {
  it('can fail for good, with the same error at every poll', async () => {
    const simulated = await startWith([{ fault: 'job_fails', error: 'CUDA out of memory' }]);
    const callId = await submit(simulated, body);
    const got = await poll(simulated, callId);
    expect(got).toMatchObject({ status: 500, json: { error: 'CUDA out of memory' } });
    expect((await poll(simulated, callId)).json).toEqual(got.json);
  });

  it('can run into its time limit', async () => {
    const simulated = await startWith([{ fault: 'job_times_out' }], { timeoutSeconds: 0.02 });
    expect(await poll(simulated, await submit(simulated, body))).toMatchObject({ status: 500 });
  });

  it('can end in a way that looks pending for ever', async () => {
    const simulated = await startWith([{ fault: 'job_lost' }]);
    const callId = await submit(simulated, body);
    await expect.poll(() => simulated.journal.events.map(({ event }) => event)).toContain('failed');
    expect((await send(urlOf(simulated, STATUS + callId))).status).toBe(202);
  });

  it('can lose its container and start again', async () => {
    const simulated = await startWith([{ fault: 'job_preempted' }]);
    const got = await poll(simulated, await submit(simulated, body));
    expect(got.status).toBe(200);
    const events = simulated.journal.events.map(({ event }) => event);
    expect(events.filter((event) => event === 'started')).toHaveLength(2);
    expect(events).toContain('restarted');
  });
});

describe('faults', () => {
  it('can be set over HTTP while a service runs, with a slowdown and a preemption', async () => {
    const simulated = await startWith([]);
    const control = urlOf(simulated, '/_control');
    expect(await send(control, { body: '{"faults":[{"fault":"gone"}]}' })).toMatchObject({
      status: 200,
      json: { service: 'caption' },
    });
    expect((await ask(simulated)).status).toBe(404);
    await send(control, { body: '{"service":"caption","faults":[],"slowdown":1000}' });
    await submit(simulated, body);
    await expect.poll(() => simulated.journal.events.map(({ event }) => event)).toContain('started');
    await send(control, { body: '{"slowdown":1,"preempt":1}' });
    await expect.poll(() => simulated.journal.events.map(({ event }) => event)).toContain('finished');
  });

  it('that do not exist are refused in a sentence', async () => {
    const simulated = await startWith([]);
    const url = urlOf(simulated, '/_control');
    expect((await send(url, { body: '{"faults":[{"fault":"bad luck"}]}' })).json['error']).toMatch(
      /^faults\[0\]\.fault: expected one of reset, silence/u,
    );
    expect((await send(url, { body: '{"service":"text"}' })).json['error']).toMatch(
      /"text" is not simulated here: use one of caption/u,
    );
    expect((await send(url, { body: '{' })).json['error']).toMatch(/not JSON/u);
    expect((await send(url)).status).toBe(405);
  });

  it('can be for one prompt or one picture', async () => {
    const simulated = await startWith([{ fault: 'error_500', prompt: 'poison' }]);
    const picture = await scene(WATER);
    expect((await send(urlOf(simulated, ACCEPTED), { body: chatBody(picture, 'a poison tile') })).status).toBe(500);
    expect((await send(urlOf(simulated, ACCEPTED), { body: chatBody(picture, 'a tile') })).status).toBe(200);
  });
});

const OCCASION: Occasion = { call: 'submit', stage: 'instead', job: null, prompt: null, sha256: null };
const strikes = (seed: string, fault: Omit<Fault, 'fault'>, count: number): readonly boolean[] => {
  const plan = new FaultPlan(seed, [{ fault: 'error_500', ...fault }]);
  return Array.from({ length: count }, () => plan.strike(OCCASION) !== null);
};

describe('a plan of faults', () => {
  it('is the same for the same seed, and as frequent as it says', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, probability) => {
        const struck = strikes(seed, { probability }, 400);
        expect(struck).toEqual(strikes(seed, { probability }, 400));
        expect(Math.abs(struck.filter(Boolean).length / 400 - probability)).toBeLessThan(0.15);
      }),
    );
  });

  it('strikes the nth, at most so often, and otherwise always', () => {
    expect(strikes('s', { nth: 2 }, 4)).toEqual([false, true, false, false]);
    expect(strikes('s', { nth: [1, 3] }, 4)).toEqual([true, false, true, false]);
    expect(strikes('s', { times: 2 }, 4)).toEqual([true, true, false, false]);
    expect(strikes('s', {}, 2)).toEqual([true, true]);
  });

  it('treats a picture or a job alike each time, where it rolls for those', () => {
    const plan = new FaultPlan('s', [{ fault: 'error_500', probability: 0.5, rollFor: 'picture' }]);
    const pictures = Array.from({ length: 40 }, (_, n) => `picture ${n}`);
    const once = pictures.map((sha256) => plan.strike({ ...OCCASION, sha256 }) !== null);
    expect(pictures.map((sha256) => plan.strike({ ...OCCASION, sha256 }) !== null)).toEqual(once);
    expect(new Set(once).size).toBe(2);
  });

  it('strikes only the calls and the stage that its fault has', () => {
    for (const fault of Object.keys(FAULTS) as FaultName[]) {
      const plan = new FaultPlan('s', [{ fault }]);
      const { stage, calls } = FAULTS[fault];
      for (const call of ['submit', 'poll', 'sync', 'health'] as const) {
        const struck = plan.strike({ ...OCCASION, call, stage }) !== null;
        expect(struck).toBe((calls as readonly string[]).includes(call));
      }
    }
  });
});
