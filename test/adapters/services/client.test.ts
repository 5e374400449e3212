import { afterEach, describe, expect, it } from 'vitest';
import { createModelService } from '../../../adapters/services/client.ts';
import { SERVICE_DEFAULTS, type Service } from '../../../domain/service.ts';
import type { ModelService } from '../../../ports/model-service.ts';
import { modelServiceContract, QUESTION } from '../../contracts/model-service.ts';
import { answer, startLoopback, type Loopback } from '../../support/loopback.ts';
import { completion, ERROR, POLL_SAMPLES, SUBMIT_SAMPLES } from '../../support/qwen-replies.ts';

const SECRET = 'sk-very-secret-value';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

function service(baseUrl: string, more: Partial<Service> = {}): Service {
  const names = { name: 'vqa', api: 'qwen-vl', model: 'qwen-vqa-special', headers: {}, insecure: false, assumed: [] } as const;
  return { ...SERVICE_DEFAULTS, ...names, baseUrl, requestSeconds: 30, ...more };
}

async function against(
  listener: Parameters<typeof startLoopback>[0],
  more: Partial<Service> = {},
): Promise<{ server: Loopback; client: ModelService }> {
  const server = await startLoopback(listener);
  const client = createModelService(service(server.origin, more), { Authorization: `Bearer ${SECRET}` });
  open.push(client, server);
  return { server, client };
}

modelServiceContract('the client of the Qwen3-VL API', async () => {
  const jobs: string[] = [];
  const server = await startLoopback((request, response) => {
    const say = (status: number, body: object): void => void response.writeHead(status).end(JSON.stringify(body));
    const id = decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '');
    if (request.url === '/health') return say(200, { status: 'ok', model: 'qwen-vqa-special' });
    if (request.method === 'POST') return say(200, { call_id: `fc-${jobs.push('job')}`, status: 'pending' });
    if (Number(id.replace('fc-', '')) <= jobs.length) return void response.end(completion('Two ships.'));
    return say(404, { error: 'Job result expired (older than 7 days)' });
  });
  const away = await startLoopback(() => {});
  await away.close();
  const [here, nobody] = [createModelService(service(server.origin), {}), createModelService(service(away.origin), {})];
  const close = async (): Promise<void> => void (await Promise.all([here.close(), nobody.close(), server.close()]));
  return { service: here, nobody, close };
});

describe('a submit', () => {
  it('is exactly the body that the API documents, with the configured headers', async () => {
    const { server, client } = await against(answer(200, '{"call_id":"fc-1"}'));
    await client.submit(QUESTION);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions/async' });
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      model: 'qwen-vqa-special',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'How many ships are visible?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } },
          ],
        },
      ],
      max_tokens: 128,
      temperature: 0,
    });
  });

  it.each(SUBMIT_SAMPLES)('answered with $name ($status) is $means', async ({ status, body, means }) => {
    const { server, client } = await against(answer(status, body));
    expect(await client.submit(QUESTION)).toMatchObject({ means });
    expect(server.requests).toHaveLength(1);
  });

  it('whose connection breaks is ambiguous, and is not sent again', async () => {
    const { server, client } = await against((_request, response) => void response.destroy());
    expect(await client.submit(QUESTION)).toMatchObject({
      means: 'ambiguous',
      said: expect.stringContaining('connection broke'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('that is not answered in time is ambiguous', async () => {
    const { client } = await against(() => {}, { requestSeconds: 2 });
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'ambiguous', said: expect.stringContaining('deadline') });
  });

  it('is followed through a cold start to the acceptance; the id in the redirect is not the call_id', async () => {
    const { server, client } = await against((request, response) => {
      if (request.method === 'POST') response.writeHead(303, { location: '/wait?__modal_function_call_id=fc-edge' }).end();
      else response.end('{"call_id":"fc-real"}');
    });
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'accepted', callId: 'fc-real' });
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it.each([401, 404, 429, 503])('that had been taken in is ambiguous where its redirect answers %i', async (status) => {
    const { client } = await against((request, response) => {
      if (request.method === 'POST') response.writeHead(303, { location: '/wait' }).end();
      else response.writeHead(status).end();
    });
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'ambiguous' });
  });

  it('redirected to another origin sends nothing there', async () => {
    const stranger = await startLoopback(answer(200, '{"call_id":"fc-1"}'));
    open.push(stranger);
    const { client } = await against(answer(307, '', { location: `${stranger.origin}/v1/chat/completions/async` }));
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'elsewhere', said: expect.stringContaining(stranger.origin) });
    expect(stranger.requests).toHaveLength(0);
  });
});

describe('a poll', () => {
  it.each(POLL_SAMPLES)('answered with $name ($status) is $means', async ({ status, body, means }) => {
    const { server, client } = await against(answer(status, body));
    expect(await client.poll('fc-abc')).toMatchObject({ means });
    expect(server.requests).toHaveLength(1);
  });

  it('names its job in the path, whatever the id is made of', async () => {
    const { server, client } = await against(answer(202, '{}'));
    await client.poll('fc/../1?x=#é');
    expect(server.requests[0]?.path).toBe('/v1/chat/completions/status/fc%2F..%2F1%3Fx%3D%23%C3%A9');
  });

  it('brings the answer as the model gave it', async () => {
    const text = '  Two ships,\n\u001B[31mred\u001B[0m \uD83D\uDE00 ';
    const { client } = await against(answer(200, completion(text)));
    expect(await client.poll('fc-1')).toMatchObject({
      answer: { text, finishReason: 'stop', completionTokens: 45 },
      digest: null,
    });
  });

  it.each([{ usage: undefined }, { usage: { completion_tokens: '45' } }])('does without a count of tokens: %j', async (more) => {
    const { client } = await against(answer(200, completion('x', more)));
    expect(await client.poll('fc-1')).toMatchObject({ means: 'done', answer: { completionTokens: null } });
  });

  it('answered with 100 MB is broken', async () => {
    const { client } = await against(answer(200, '', { 'content-length': String(100 * 1_024 * 1_024) }));
    expect(await client.poll('fc-1')).toMatchObject({ means: 'broken', said: expect.stringContaining('longer') });
  });

  it('cut in the middle is a matter of transport', async () => {
    const { client } = await against((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"choices":[');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await client.poll('fc-1')).toMatchObject({ means: 'transport' });
  });
});

describe('every reply', () => {
  it('carries the wait that the service asks for', async () => {
    const { client } = await against(answer(429, '', { 'retry-after': '12' }));
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'busy', retryAfterMs: 12_000 });
    expect(await client.poll('fc-1')).toMatchObject({ means: 'transport', retryAfterMs: 12_000 });
  });

  it.each([
    [429, true],
    [504, true],
    [401, false],
    [500, false],
  ])('says whether the service has more work than it can take: %i, %s', async (status, overload) => {
    const { client } = await against(answer(status, ''));
    expect(await client.submit(QUESTION)).toMatchObject({ overload });
    expect(await client.poll('fc-1')).toMatchObject({ overload });
  });

  it('has a sentence with the first line of the error, and nothing of the traceback', async () => {
    const { client } = await against(answer(500, ERROR));
    const reply = await client.poll('fc-1');
    expect(reply).toMatchObject({
      said: 'The service answered 500: CUDA out of memory.',
      digest: expect.stringMatching(/^[0-9a-f]{16}$/u),
    });
    expect(JSON.stringify(reply)).not.toContain('Traceback');
  });

  it('repeats no secret and no picture', async () => {
    const error = `Bad header ${SECRET} for data:image/png;base64,iVBORw0KGgo= in request`;
    const { client } = await against(answer(400, JSON.stringify({ error })));
    expect(await client.submit(QUESTION)).toMatchObject({
      said: 'The service answered 400: Bad header [redacted] for [data URI] in request.',
    });
  });
});

describe('a health check', () => {
  it.each([
    { status: 503, body: '', message: 'The service answered 503.' },
    { status: 200, body: '<html>', message: 'The service answered 200, but not {"status":"ok"} as its API documents.' },
    { status: 500, body: '{"error":"no GPU"}', message: 'The service answered 500: no GPU.' },
  ])('says what is wrong: $message', async ({ status, body, message }) => {
    const { client } = await against(answer(status, body));
    expect(await client.health()).toEqual({ healthy: false, message });
  });
});

describe('a service whose API nobody speaks yet', () => {
  it('is refused by name', () => {
    expect(() => createModelService(service('http://127.0.0.1', { api: 'qwen3-text' }), {})).toThrow(
      /services\.vqa\.api: qwen3-text/u,
    );
  });
});
