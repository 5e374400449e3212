import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { duplicates } from '../../../local/services/analysis.ts';
import { parseJournal } from '../../../local/services/journal.ts';
import type { SimulatedServiceOptions } from '../../../local/services/options.ts';
import { startSimulatedServices, type SimulatedServices } from '../../../local/services/server.ts';
import {
  ACCEPTED,
  chatBody,
  poll,
  QUICK,
  send,
  startCaption,
  STATUS,
  submit,
  textOf,
  urlOf,
  type Got,
} from './support/asking.ts';
import { FOREST, scene, ships, WATER } from './support/scenes.ts';

const running: SimulatedServices[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

async function start(options: Partial<SimulatedServiceOptions> = {}): Promise<SimulatedServices> {
  const simulated = await startCaption(options);
  running.push(simulated);
  return simulated;
}

const eventNames = (simulated: SimulatedServices): readonly string[] => simulated.journal.events.map(({ event }) => event);

describe('a simulated service', () => {
  it('takes a job, says that it is pending, then gives the documented completion', async () => {
    const simulated = await start({ latency: { meanSeconds: 2, sdSeconds: 0 } });
    const accepted = await send(urlOf(simulated, ACCEPTED), { body: chatBody(await scene(WATER)) });
    const callId = String(accepted.json['call_id']);
    expect(accepted).toMatchObject({ status: 200, json: { call_id: callId, status: 'pending', model: 'qwen-caption-special' } });
    expect(callId).toMatch(/^fc-/u);
    expect(await send(urlOf(simulated, STATUS + callId))).toMatchObject({
      status: 202,
      json: { status: 'pending', call_id: callId },
    });
    expect(await poll(simulated, callId)).toMatchObject({
      status: 200,
      json: {
        id: `chatcmpl-${callId}`,
        object: 'chat.completion',
        model: 'qwen-caption-special',
        choices: [{ index: 0, message: { role: 'assistant' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 0 },
      },
    });
  });

  it('answers from the bytes that arrived', async () => {
    const simulated = await start();
    const forest = await scene(FOREST);
    const text = textOf(await poll(simulated, await submit(simulated, chatBody(forest))));
    expect(text).toContain('vegetation');
    expect(text).toContain(createHash('sha256').update(forest).digest('hex').slice(0, 8));
  });

  it('answers a blocking call with the completion itself', async () => {
    const simulated = await start({ answers: 'vqa' });
    const body = chatBody(await scene(WATER, ships(2)), 'How many ships?');
    const got = await send(urlOf(simulated, '/v1/chat/completions'), { body });
    expect(got).toMatchObject({ status: 200, json: { id: 'chatcmpl-modal', usage: { prompt_tokens: 3 } } });
    expect(textOf(got)).toMatch(/^2 /u);
  });

  it('is healthy', async () => {
    const simulated = await start();
    expect(await send(urlOf(simulated, '/health'))).toMatchObject({
      status: 200,
      json: { status: 'ok', model: 'qwen-caption-special' },
    });
  });

  it('takes text without a picture, as a string or in parts', async () => {
    const simulated = await start();
    const text = JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] });
    for (const body of [text, chatBody(null)])
      expect(textOf(await poll(simulated, await submit(simulated, body)))).toMatch(/no picture/u);
  });

  it.each([
    ['no JSON', '{"messages": ['],
    ['no object', '[]'],
    ['no messages', '{}'],
    ['an empty list of messages', '{"messages":[]}'],
    ['a wrong number of tokens', '{"messages":[{"content":"Hello"}],"max_tokens":"many"}'],
  ])('refuses %s with 400 and makes no job', async (_, body) => {
    const simulated = await start();
    const got = await send(urlOf(simulated, ACCEPTED), { body });
    expect(got.status).toBe(400);
    expect(got.json['error']).toMatch(/^Invalid request format/u);
    expect(eventNames(simulated)).not.toContain('accepted');
  });

  it('refuses a picture that it cannot open with 500 and a traceback, or fails the job, as it is told', async () => {
    const body = chatBody(Buffer.from('no picture'));
    const early = await start();
    const refused = await send(urlOf(early, ACCEPTED), { body });
    expect(refused.status).toBe(500);
    expect(refused.json['error']).toMatch(/cannot identify image file/u);
    expect(refused.json['traceback']).toMatch(/^Traceback/u);
    expect(eventNames(early)).not.toContain('accepted');
    const late = await start({ picturesOpenedAt: 'job' });
    const failed = await poll(late, await submit(late, body));
    expect(failed.status).toBe(500);
    expect(failed.json['error']).toMatch(/cannot identify image file/u);
    expect(eventNames(late)).toContain('failed');
  });

  it('fetches nothing', async () => {
    const simulated = await start();
    const content = [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }];
    const got = await send(urlOf(simulated, ACCEPTED), { body: JSON.stringify({ messages: [{ role: 'user', content }] }) });
    expect(got.status).toBe(500);
  });

  it('knows a job for as long as it keeps results, and no other', async () => {
    const simulated = await start({ retentionSeconds: 0 });
    const callId = await submit(simulated, chatBody(null));
    const expired = { status: 404, json: { error: 'Job result expired (older than 7 days)' } };
    expect(await poll(simulated, callId)).toMatchObject(expired);
    expect(await send(urlOf(simulated, `${STATUS}fc-unknown`))).toMatchObject(expired);
  });

  it('fails a job that runs into its time limit', async () => {
    const simulated = await start({ timeoutSeconds: 0.005 });
    const got = await poll(simulated, await submit(simulated, chatBody(null)));
    expect(got).toMatchObject({ status: 500, json: { error: "Task's current input hit its timeout of 0.005s" } });
  });

  it('answers other paths and methods as its framework does', async () => {
    const simulated = await start();
    expect(await send(urlOf(simulated, '/nothing'))).toMatchObject({ status: 404, json: { detail: 'Not Found' } });
    expect(await send(urlOf(simulated, ACCEPTED))).toMatchObject({ status: 405, json: { detail: 'Method Not Allowed' } });
  });

  it('wants its headers', async () => {
    const simulated = await start({ requiredHeaders: { 'Modal-Key': 'secret' } });
    const url = urlOf(simulated, '/health');
    expect((await send(url)).status).toBe(401);
    expect((await send(url, { headers: { 'modal-key': 'wrong' } })).status).toBe(401);
    expect((await send(url, { headers: { 'modal-key': 'secret' } })).status).toBe(200);
  });
});

describe('the containers of a simulated service', () => {
  it('boot before the first job runs, and go when idle', async () => {
    const simulated = await start({ coldStartSeconds: 0.05 });
    await poll(simulated, await submit(simulated, chatBody(null)));
    await expect.poll(() => eventNames(simulated)).toContain('container_stopped');
    const pool = simulated.journal.events
      .filter(({ event }) => /^(container|started|finished)/u.test(event))
      .map(({ event }) => event);
    expect(pool).toEqual(['container_started', 'container_up', 'started', 'finished', 'container_stopped']);
  });

  it('are started by requests, where the front end holds a GPU', async () => {
    const simulated = await start({ httpHoldsGpu: true, httpInputs: 1, coldStartSeconds: 2 });
    const url = urlOf(simulated, '/health');
    const got: Got[] = await Promise.all([send(url), send(url)]);
    expect(got.map(({ status }) => status)).toEqual([200, 200]);
    const started = simulated.journal.events.filter(({ event }) => event === 'container_started');
    expect(started.map(({ pool }) => pool)).toEqual(['http', 'http']);
  });

  it('answer late requests by way of a redirect to the same reply', async () => {
    const simulated = await start({ httpHoldsGpu: true, coldStartSeconds: 0.4, edgeSeconds: 0.1 });
    let got = await send(urlOf(simulated, ACCEPTED), { body: chatBody(null) });
    expect(got.status).toBe(303);
    while (got.status === 303) got = await send(urlOf(simulated, String(got.headers['location'])));
    expect(got).toMatchObject({ status: 200, json: { status: 'pending' } });
    expect(got.json['call_id']).not.toContain('edge');
    expect(eventNames(simulated).filter((event) => event === 'accepted')).toHaveLength(1);
  });
});

describe('the journal of simulated services', () => {
  it('tells what happened to each job', async () => {
    const simulated = await start();
    const picture = await scene(WATER);
    const callId = await submit(simulated, chatBody(picture, 'Twice?'));
    await poll(simulated, callId);
    await submit(simulated, chatBody(picture, 'Twice?'));
    const sha256 = createHash('sha256').update(picture).digest('hex');
    const own = simulated.journal.events.filter(({ call_id: id }) => id === callId);
    expect(new Set(own.map(({ event }) => event))).toEqual(new Set(['accepted', 'started', 'finished', 'polled']));
    expect(own.every((event) => event.sent_sha256 === sha256 && event.prompt === 'Twice?')).toBe(true);
    expect(duplicates(simulated.journal.events).size).toBe(1);
  });

  it('can be read and summed up over HTTP, and kept in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'journal-'));
    const journalFile = join(folder, 'journal.jsonl');
    const simulated = await startSimulatedServices({ journalFile, services: { caption: QUICK, vqa: QUICK } });
    running.push(simulated);
    await poll(simulated, await submit(simulated, chatBody(await scene(WATER))));
    const { text } = await send(urlOf(simulated, '/_journal', 'vqa'));
    expect(parseJournal(text).map(({ event }) => event)).toContain('finished');
    expect(parseJournal((await send(urlOf(simulated, '/_journal?from=2'))).text)[0]).toEqual(simulated.journal.events[2]);
    expect((await send(urlOf(simulated, '/_summary'))).json).toMatchObject({
      peak_gpus: { by_rule: 1, by_containers: 1 },
      services: { caption: { accepted: 1, finished: 1, duplicates: 0 }, vqa: { accepted: 0 } },
    });
    await simulated.close();
    expect(parseJournal(await readFile(journalFile, 'utf8'))).toEqual(simulated.journal.events);
    await rm(folder, { recursive: true });
  });
});

describe('starting simulated services', () => {
  it('says which port is taken', async () => {
    const first = await start();
    const port = Number(new URL(urlOf(first, '')).port);
    await expect(startCaption({ port })).rejects.toThrow(`services.caption.port: port ${port} cannot be used`);
  });

  it('can be ended twice, also with requests under way', async () => {
    const simulated = await start({ faults: [{ fault: 'silence' }] });
    const unanswered = send(urlOf(simulated, '/health')).catch((error: unknown) => error);
    await expect.poll(() => eventNames(simulated)).toContain('fault');
    await simulated.close();
    await simulated.close();
    expect(await unanswered).toBeInstanceOf(Error);
  });
});
