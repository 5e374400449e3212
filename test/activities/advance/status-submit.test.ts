import { describe, expect, it } from 'vitest';
import { ERROR, HTML, MODAL } from '../../support/qwen-replies.ts';
import { type Sent, submitSays } from '../../support/wire-replies.ts';
import { expectKept, intentsOf, logOf, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const MINUTE_MS = 60_000;
const TRACEBACK = JSON.stringify({
  error: 'Traceback (most recent call last):\n  File "m.py", line 3',
  traceback: 'File "x.py"',
});

/** The first submits are answered so; all others are accepted. */
function firstSubmits(world: StrandWorld, ...answers: readonly Sent[]): void {
  world.service.fates.push(...answers.map((sent) => ({ says: submitSays(sent), runs: false })));
}

function everySubmit(world: StrandWorld, sent: Sent): void {
  world.service.otherwise = () => ({ says: submitSays(sent), runs: false });
}

/** After a resume nothing is lost, and no job was paid for twice. */
async function goesOn(world: StrandWorld): Promise<void> {
  world.service.otherwise = () => ({});
  await world.turns({ resumed: true });
  expectKept(world);
  expect(recordsOf(world).every(({ status, attempts }) => status === 'ok' && attempts === 1)).toBe(true);
  expect(world.service.journal).toHaveLength(world.everything.length);
}

describe('a submit that is answered as if the service were not ours, or not there', () => {
  it.each<[string, Sent, string]>([
    ['401', { status: 401 }, 'credentials'],
    ['403 with a web page', { status: 403, body: HTML }, 'credentials'],
    ['404 with JSON', { status: 404, body: '{"detail":"Not Found"}' }, 'gone'],
    ["404 with the platform's text", { status: 404, body: MODAL }, 'gone'],
    ['405', { status: 405, body: '{"detail":"Method Not Allowed"}' }, 'gone'],
    ['200 with a web page', { status: 200, body: HTML }, 'gone'],
    ["200 with the platform's text", { status: 200, body: MODAL }, 'gone'],
    ["400 with the platform's text", { status: 400, body: MODAL }, 'gone'],
    ['a redirect to another origin', { fault: 'elsewhere', detail: 'https://other.example' }, 'gone'],
  ])('%s halts the lane and burns no tile; resume goes on', async (_what, sent, code) => {
    const world = new StrandWorld({ tiles: 8, jobs: 2 });
    everySubmit(world, sent);
    const halted = await world.slice();
    expect(halted).toMatchObject({ done: false, inFlight: 0, halt: { code, blind: false } });
    expect(world.service.arrivals.length).toBeLessThanOrEqual(2);
    expect(recordsOf(world)).toEqual([]);
    await goesOn(world);
  });
});

describe('a submit that is refused', () => {
  it.each<[string, Sent, string]>([
    ['400', { status: 400, body: ERROR }, 'service_rejected'],
    ['422', { status: 422, body: '{"detail":[]}' }, 'service_rejected'],
    ['413', { status: 413 }, 'too_large'],
  ])('with %s is final at once, and the others go on', async (_what, sent, code) => {
    const world = new StrandWorld({ tiles: 4, jobs: 1 });
    firstSubmits(world, sent);
    expect(await world.turns()).toMatchObject({ done: true, halt: null, tallies: { ok: 3, failed: 1 } });
    expect(recordsOf(world)[0]).toMatchObject({ status: 'failed', error_code: code, attempts: 1 });
    expect(world.service.arrivals).toHaveLength(4);
  });

  it('with 500 and an error is asked again after a wait, and final where the same is said twice', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 1 });
    const [first = ''] = world.keys;
    world.service.otherwise = ({ picture }) =>
      Buffer.from(picture).toString() === first ? { says: submitSays({ status: 500, body: ERROR }) } : {};
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ error_code: 'model_error', attempts: 2 }, { status: 'ok' }]);
    const [one, two] = world.service.arrivals.filter(({ task }) => task.startsWith(first));
    expect((two?.atMs ?? 0) - (one?.atMs ?? 0)).toBeGreaterThan(world.service.requestMs);
  });

  it("leaves nothing of the service's traceback anywhere", async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 1 });
    everySubmit(world, { status: 500, body: TRACEBACK });
    const result = await world.turns();
    const left = JSON.stringify([result, logOf(world), recordsOf(world)]);
    expect(left).not.toMatch(/traceback|m\.py|x\.py/iu);
    expect(result.fingerprints).toMatchObject([{ code: 'model_error', count: 3, text: 'The service answered 500.' }]);
  });
});

describe('a submit that has to wait', () => {
  it.each<[string, Sent, number]>([
    ['429 with Retry-After', { status: 429, retryAfter: '45' }, 45_000],
    ['503 with Retry-After', { status: 503, body: HTML, retryAfter: '20' }, 20_000],
    ['503', { status: 503 }, 0],
    ['a refused connection', { fault: 'unreachable', detail: 'ECONNREFUSED' }, 0],
  ])('after %s goes out again, which is no attempt', async (_what, sent, afterMs) => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    firstSubmits(world, sent);
    await world.turns();
    const [one, two] = world.service.arrivals;
    expect((two?.atMs ?? 0) - (one?.atMs ?? 0)).toBeGreaterThanOrEqual(afterMs);
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', attempts: 1 }]);
    expect(world.service.journal).toHaveLength(1);
  });

  it.each<[string, Sent]>([
    ['503', { status: 503 }],
    ['refused connections', { fault: 'unreachable', detail: 'ECONNREFUSED' }],
  ])('for ten minutes of nothing but %s halts the lane; resume goes on', async (_what, sent) => {
    const world = new StrandWorld({ tiles: 8, jobs: 4 });
    everySubmit(world, sent);
    const began = world.clock.now();
    expect((await world.turns()).halt).toMatchObject({ code: 'unreachable', blind: false });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(recordsOf(world)).toEqual([]);
    await goesOn(world);
  });

  it('for ten minutes of 429 waits on: the service answers', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 1 });
    const began = world.clock.now();
    world.service.otherwise = () =>
      world.clock.now() - began < 15 * MINUTE_MS ? { says: submitSays({ status: 429, retryAfter: '30' }) } : {};
    expect(await world.turns()).toMatchObject({ done: true, halt: null });
    expectKept(world);
  });
});

describe('a submit of which nobody can say whether it became a job', () => {
  it.each<[string, Sent]>([
    ['a reset', { fault: 'reset', detail: 'ECONNRESET' }],
    ['a timeout', { fault: 'timeout' }],
    ['too many redirects', { fault: 'too_many_redirects', detail: '20', followed: true }],
    ['200 without call_id', { status: 200, body: '{"status":"pending"}' }],
    ['200 with half a JSON', { status: 200, body: '{"call_id":"fc-1' }],
    ['500 without JSON', { status: 500, body: 'Internal Server Error' }],
    ['502', { status: 502, body: HTML }],
    ['429 after a 303 was followed', { status: 429, followed: true }],
    ['404 after a 303 was followed', { status: 404, body: MODAL, followed: true }],
  ])('after %s stays charged, and its task goes out once more beside it', async (_what, sent) => {
    const world = new StrandWorld({ tiles: 1, jobs: 2 });
    firstSubmits(world, sent);
    await world.turns();
    expect(intentsOf(world)).toHaveLength(2);
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', attempts: 2 }]);
    expect(world.desk.charged('seer')).toBe(1);
  });
});
