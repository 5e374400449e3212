import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createModelService } from '../../../adapters/services/client.ts';
import { SERVICE_APIS, SERVICE_DEFAULTS, type ServiceApi } from '../../../domain/service.ts';
import { MIB } from '../../../domain/units.ts';
import type { ModelService } from '../../../ports/model-service.ts';
import { QUESTION } from '../../contracts/model-service.ts';
import { answer, startLoopback } from '../../support/loopback.ts';
import { completion } from '../../support/qwen-replies.ts';
import { drip, flood, startRawServer } from '../../support/raw-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

function clientOf(api: ServiceApi, baseUrl: string, requestSeconds = 20): ModelService & { close(): Promise<void> } {
  const names = { name: 'vqa', model: 'qwen-vqa-special', headers: {}, insecure: false, assumed: [] } as const;
  return createModelService({ ...SERVICE_DEFAULTS, ...names, api, baseUrl, requestSeconds }, { 'modal-key': 'sk-secret-key' });
}

function isSpoken(api: ServiceApi): boolean {
  try {
    void clientOf(api, 'http://127.0.0.1:1').close();
    return true;
  } catch {
    return false;
  }
}

async function against(api: ServiceApi, speak: (socket: Socket) => void, requestSeconds?: number): Promise<ModelService> {
  const server = await startRawServer(speak);
  const client = clientOf(api, server.origin, requestSeconds);
  open.push(client, server);
  return client;
}

async function answered(api: ServiceApi, status: number, body: string): Promise<ModelService> {
  const server = await startLoopback(answer(status, body));
  const client = clientOf(api, server.origin);
  open.push(client, server);
  return client;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const BOMB = gzipSync(Buffer.alloc(100 * MIB, ' '));
const LONG = `${MIB.toString(16)}\r\n${' '.repeat(MIB)}\r\n`;

/** What is cut off says nothing of a submit, which may be running, and little of a poll. */
const CUT_OFF = [
  {
    case: '100 MB, announced',
    speak: (socket: Socket) => void socket.write(`${OK}content-length: ${100 * MIB}\r\n\r\n`),
    poll: 'broken',
  },
  {
    case: '100 MB in chunks',
    speak: (socket: Socket) => flood(socket, { head: CHUNKED, more: LONG }),
    poll: 'broken',
  },
  {
    case: '100 MB made small',
    speak: (socket: Socket) => {
      socket.write(`${OK}connection: close\r\ncontent-encoding: gzip\r\ncontent-length: ${BOMB.byteLength}\r\n\r\n`);
      socket.write(BOMB);
    },
    poll: 'transport',
  },
  {
    case: 'headers without end',
    speak: (socket: Socket) => flood(socket, { head: OK, more: `x-more: ${'x'.repeat(1_000)}\r\n` }),
    poll: 'transport',
  },
] as const;

const SLOW = [
  { case: 'a body', head: `${OK}content-length: 1000\r\n\r\n{"call_id":"fc-1"`, more: ' ' },
  { case: 'headers', head: OK, more: 'x: x\r\n' },
] as const;

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const objects = (depth: number): string => `${'{"error":'.repeat(depth)}0${'}'.repeat(depth)}`;

const DEEP = [
  { case: 'lists', body: nested(100_000) },
  { case: 'lists in choices', body: `{"choices":${nested(100_000)},"call_id":${nested(100_000)}}` },
  { case: 'objects without end', body: '{"a":'.repeat(100_000) },
] as const;

/** Texts on which a careless pattern takes hours. */
const LONG_TEXTS = ['\n', ' ', '\u2028', 'data:a', 'data:', 'a/', 'fc-', 'aa-1', '0x', '1.', 'at :1', 'File "', '\u001B[', '='];

describe.each(SERVICE_APIS.filter(isSpoken))('a service that speaks %s', (api) => {
  it.each(CUT_OFF)('is cut off at $case: the submit is ambiguous, the poll $poll', async ({ speak, poll }) => {
    const client = await against(api, speak);
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'ambiguous' });
    expect(await client.poll('fc-1')).toMatchObject({ means: poll });
    expect((await client.health()).healthy).toBe(false);
  });

  it.each(SLOW)('that drips $case is cut off after requestSeconds: ambiguous, and a matter of transport', async (slow) => {
    const client = await against(api, (socket) => drip(socket, slow), 2);
    const deadline = { said: expect.stringContaining('deadline') };
    const [submit, poll, health] = await Promise.all([client.submit(QUESTION), client.poll('fc-1'), client.health()]);
    expect(submit).toMatchObject({ means: 'ambiguous', ...deadline });
    expect(poll).toMatchObject({ means: 'transport', ...deadline });
    expect(health.healthy).toBe(false);
  });

  it.each(DEEP)('overflows no stack with $case 100,000 deep: ambiguous, and a broken answer', async ({ body }) => {
    const client = await answered(api, 200, body);
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'ambiguous' });
    expect(await client.poll('fc-1')).toMatchObject({ means: 'broken' });
    expect((await client.health()).healthy).toBe(false);
  });

  it('fails a job, and overflows no stack, with an error 100,000 deep', async () => {
    const client = await answered(api, 500, objects(100_000));
    expect(await client.submit(QUESTION)).toMatchObject({ means: 'refused' });
    expect(await client.poll('fc-1')).toMatchObject({ means: 'failing', said: 'The service answered 500: object.' });
  });

  it('gives a broken answer where its text is longer than any model was asked for', async () => {
    const client = await answered(api, 200, completion('x'.repeat(MIB - 1_000)));
    const said = 'The service answered 200 with a text of 1,047,576 characters; at most 65,536 are an answer.';
    expect(await client.poll('fc-1')).toMatchObject({ means: 'broken', said });
  });

  it('may answer with a text as long as an answer may be, whatever stands in it', async () => {
    const text = '\u0000\uD800"'.repeat(20_000);
    const client = await answered(api, 200, completion(text));
    expect(await client.poll('fc-1')).toMatchObject({ means: 'done', answer: { text: text.replaceAll('\uD800', '\uFFFD') } });
  });

  it.each(LONG_TEXTS)('is understood soon where its error is a megabyte of %j', async (unit) => {
    const room = MIB - 100;
    const error = unit.repeat(Math.floor(room / (Buffer.byteLength(JSON.stringify(unit)) - 2)));
    const starts = ['', 'data:', ' at '];
    for (const start of starts) {
      const client = await answered(api, 500, JSON.stringify({ error: start + error }));
      const reply = await client.poll('fc-1');
      expect(reply).toMatchObject({ means: 'failing', digest: expect.stringMatching(/^[0-9a-f]{16}$/u) });
      expect(reply.said.length).toBeLessThan(300);
    }
  });
});
