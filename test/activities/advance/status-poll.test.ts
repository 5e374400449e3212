import { describe, expect, it } from 'vitest';
import { completion, ERROR, HTML, MODAL } from '../../support/qwen-replies.ts';
import { pollSays, type Sent } from '../../support/wire-replies.ts';
import { expectKept, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const MINUTE_MS = 60_000;

/** The first polls of the first tile's jobs are answered so; then as it is. */
function firstPolls(world: StrandWorld, times: number, sent: Sent): void {
  const [first] = world.everything;
  world.service.answers = ({ task, callId }, asked) => (task === first && asked <= times ? pollSays(callId, sent) : null);
}

function everyPoll(world: StrandWorld, sent: Sent): void {
  world.service.answers = ({ callId }) => pollSays(callId, sent);
}

/** After a resume every job that ran is collected, and no job was paid for twice. */
async function goesOn(world: StrandWorld): Promise<void> {
  world.service.answers = () => null;
  await world.turns({ resumed: true });
  expectKept(world);
  expect(recordsOf(world).every(({ status, attempts }) => status === 'ok' && attempts === 1)).toBe(true);
  expect(world.service.journal).toHaveLength(world.everything.length);
}

describe('a poll that is answered as if the service were not ours, or not there', () => {
  it.each<[string, Sent, string]>([
    ['401', { status: 401 }, 'credentials'],
    ['403', { status: 403, body: HTML }, 'credentials'],
    ["404 with the platform's text", { status: 404, body: MODAL }, 'gone'],
    ['404 with a web page', { status: 404, body: HTML }, 'gone'],
    ['405', { status: 405 }, 'gone'],
    ['a redirect to another origin', { fault: 'elsewhere', detail: 'https://other.example' }, 'gone'],
  ])('%s halts the lane blindly; the jobs stay in the log and are collected after resume', async (_what, sent, code) => {
    const world = new StrandWorld({ tiles: 8, jobs: 2 });
    everyPoll(world, sent);
    const halted = await world.slice();
    expect(halted).toMatchObject({ done: false, inFlight: 2, halt: { code, blind: true } });
    expect(world.service.asked.length).toBeLessThanOrEqual(2);
    expect(recordsOf(world)).toEqual([]);
    await world.clock.advance(30 * MINUTE_MS);
    await goesOn(world);
  });
});

describe('a poll that says nothing of the job', () => {
  const SILENT: [string, Sent][] = [
    ['429', { status: 429, retryAfter: '3' }],
    ['502', { status: 502, body: HTML }],
    ['503', { status: 503 }],
    ['a reset', { fault: 'reset', detail: 'ECONNRESET' }],
    ['a timeout', { fault: 'timeout' }],
    ['a refused connection', { fault: 'unreachable', detail: 'ECONNREFUSED' }],
    ['200 with a web page', { status: 200, body: HTML }],
    ['500 without JSON', { status: 500, body: 'Internal Server Error' }],
    ["500 with the platform's text", { status: 500, body: MODAL }],
  ];

  it.each(SILENT)('such as %s is asked again, less and less often, and the job is not paid for twice', async (_what, sent) => {
    const world = new StrandWorld({ tiles: 2, jobs: 1 });
    firstPolls(world, 6, sent);
    const began = world.clock.now();
    expect(await world.turns()).toMatchObject({ done: true, halt: null });
    expectKept(world);
    expect(world.service.journal).toHaveLength(2);
    expect(world.service.asked.filter((callId) => callId === 'fc-1').length).toBeLessThanOrEqual(8);
    expect(world.clock.now() - began).toBeGreaterThan(6_000);
  });

  it.each(SILENT.slice(0, 2))('such as %s, for ever: a timeout after one more job', async (_what, sent) => {
    const world = new StrandWorld({ tiles: 1, jobs: 1, orphanMs: 200_000 });
    everyPoll(world, sent);
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ error_code: 'timeout', attempts: 2 }]);
    expect(world.service.journal).toHaveLength(2);
  });

  it('such as 503, for ten minutes, halts the lane; what ran is collected without resume', async () => {
    const world = new StrandWorld({ tiles: 8, jobs: 2, orphanMs: 40 * MINUTE_MS });
    everyPoll(world, { status: 503 });
    const began = world.clock.now();
    expect((await world.turns()).halt).toMatchObject({ code: 'unreachable', blind: false });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    world.service.answers = () => null;
    expect((await world.collected()).tallies.ok).toBe(2);
    expect(world.service.journal).toHaveLength(2);
    await goesOn(world);
  });
});

describe('a poll with a broken answer', () => {
  const BROKEN: [string, Sent][] = [
    ['null as content', { status: 200, body: completion(null) }],
    ['no choices', { status: 200, body: '{"object":"chat.completion"}' }],
    ['an error as its body', { status: 200, body: ERROR }],
    ['half a JSON', { status: 200, body: completion('Two ships.').slice(0, 60) }],
    ['more than any answer has', { fault: 'too_long' }],
  ];

  it.each(BROKEN)('(%s) is asked again twice, then it is bad_response', async (_what, sent) => {
    const world = new StrandWorld({ tiles: 2, jobs: 1 });
    firstPolls(world, 100, sent);
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ error_code: 'bad_response', attempts: 1, call_id: 'fc-1' }, { status: 'ok' }]);
    expect(world.service.asked.filter((callId) => callId === 'fc-1')).toHaveLength(3);
    expect(world.service.journal).toHaveLength(2);
  });

  it.each(BROKEN)('(%s) that is whole the third time is an answer', async (_what, sent) => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    firstPolls(world, 2, sent);
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', attempts: 1 }]);
  });
});

describe('a poll that says how the job ended', () => {
  it.each<[string, Sent, string]>([
    ['200 with empty text', { status: 200, body: completion(' \n') }, 'empty_answer'],
    ['404 with an error', { status: 404, body: '{"error":"Result expired"}' }, 'expired'],
    ['202 for ever', { status: 202, body: '{"status":"pending"}' }, 'timeout'],
  ])('with %s asks once more, then records %s', async (_what, sent, code) => {
    const world = new StrandWorld({ tiles: 2, jobs: 1, orphanMs: 200_000 });
    firstPolls(world, 10_000, sent);
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ error_code: code, attempts: 2 }, { status: 'ok' }]);
    expect(world.service.journal).toHaveLength(3);
  });

  it('with 500 needs to say the same three times over ten seconds; that is one attempt', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    firstPolls(world, 1_000, { status: 500, body: ERROR });
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ error_code: 'model_error', attempts: 2 }]);
    for (const callId of ['fc-1', 'fc-2']) expect(world.service.asked.filter((asked) => asked === callId).length).toBe(3);
  });

  it('with 500 and another error for every job gives up after the third', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    const kinds = ['out of memory', 'illegal access', 'no kernel image', 'never asked'];
    world.service.answers = ({ callId }) =>
      pollSays(callId, { status: 500, body: JSON.stringify({ error: kinds[Number(callId.slice(3)) - 1] }) });
    await world.turns();
    expect(recordsOf(world)).toMatchObject([
      { error_code: 'model_error', attempts: 3, error_message: 'The service answered 500: no kernel image.' },
    ]);
    expect(world.service.journal).toHaveLength(3);
  });

  it('with 500 that names the call, a time or an address is the same error each time', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 1 });
    world.service.answers = ({ callId }, times) =>
      pollSays(callId, { status: 500, body: JSON.stringify({ error: `${callId}: CUDA error 71${times} at 0x7f${times}a` }) });
    const result = await world.turns();
    expect(recordsOf(world).map(({ error_code, attempts }) => [error_code, attempts])).toEqual(
      Array.from({ length: 3 }, () => ['model_error', 2]),
    );
    expect(result.fingerprints).toMatchObject([
      { service: 'seer', code: 'model_error', count: 3, text: 'The service answered 500: <id>: CUDA error # at <id>.' },
    ]);
  });
});
