import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelService } from '../../../adapters/services/client.ts';
import type { PollMeaning, PollReply, SubmitMeaning } from '../../../domain/reply.ts';
import { SERVICE_DEFAULTS } from '../../../domain/service.ts';
import type { Fault, FaultName } from '../../../local/services/faults.ts';
import { startSimulatedServices } from '../../../local/services/server.ts';
import type { ModelService } from '../../../ports/model-service.ts';
import { QUESTION } from '../../contracts/model-service.ts';

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const closable of open.splice(0)) await closable.close();
});

let picture: Uint8Array;
beforeAll(async () => {
  picture = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#357' } })
    .png()
    .toBuffer();
});

/** Time enough for a connection to stand, on any machine. */
const GIVES_UP_SECONDS = 2;

async function simulated(faults: readonly Fault[], requestSeconds = 30): Promise<ModelService> {
  const quick = { coldStartSeconds: 0.01, latency: { meanSeconds: 0.01, sdSeconds: 0.001 } };
  const simulation = await startSimulatedServices({ services: { vqa: { answers: 'vqa', ...quick, faults } } });
  const names = { name: 'vqa', api: 'qwen-vl', model: 'qwen-vqa-special', headers: {}, insecure: false, assumed: [] } as const;
  const baseUrl = simulation.services['vqa']?.baseUrl ?? '';
  const client = createModelService({ ...SERVICE_DEFAULTS, ...names, baseUrl, requestSeconds }, {});
  open.push(client, simulation);
  return client;
}

async function polled(client: ModelService, until: (reply: PollReply) => boolean): Promise<PollReply> {
  const submitted = await client.submit({ ...QUESTION, picture });
  if (submitted.means !== 'accepted') throw new Error(submitted.said);
  for (;;) {
    const reply = await client.poll(submitted.callId);
    if (until(reply)) return reply;
    await new Promise((resolve) => void setTimeout(resolve, 10));
  }
}

describe('the client and the simulated service', () => {
  it('understand each other from submit to answer', async () => {
    const client = await simulated([]);
    const reply = await polled(client, ({ means }) => means !== 'pending');
    expect(reply).toMatchObject({ means: 'done', answer: { text: expect.stringMatching(/\S/u), finishReason: 'stop' } });
    expect(await client.health()).toEqual({ healthy: true, message: 'The service answers.' });
    expect((await client.poll('fc-unknown')).means).not.toBe('done');
  });

  it.concurrent.each<[FaultName, SubmitMeaning]>([
    ['reset', 'ambiguous'],
    ['silence', 'ambiguous'],
    ['error_500', 'refused'],
    ['bad_gateway', 'ambiguous'],
    ['too_many', 'busy'],
    ['unavailable', 'unavailable'],
    ['unauthorized', 'credentials'],
    ['forbidden', 'credentials'],
    ['gone', 'gone'],
    ['html', 'gone'],
    ['redirect_elsewhere', 'elsewhere'],
    ['redirect_same', 'accepted'],
    ['rejected', 'rejected'],
    ['too_large', 'too_large'],
    ['accepted_reset', 'ambiguous'],
    ['accepted_silence', 'ambiguous'],
    ['accepted_bad_gateway', 'ambiguous'],
    ['see_other', 'accepted'],
    ['half_json', 'ambiguous'],
    ['huge_body', 'ambiguous'],
    ['late', 'ambiguous'],
  ])('agree that %s of a submit means %s', async (fault, means) => {
    const gaveUp = /silence$|^late$/u.test(fault) ? GIVES_UP_SECONDS : undefined;
    const client = await simulated([{ fault, call: 'submit', hops: 2, delaySeconds: 600 }], gaveUp);
    expect(await client.submit({ ...QUESTION, picture })).toMatchObject({ means });
  });

  it.concurrent.each<[FaultName, PollMeaning]>([
    ['reset', 'transport'],
    ['silence', 'transport'],
    ['error_500', 'failing'],
    ['bad_gateway', 'transport'],
    ['too_many', 'transport'],
    ['unavailable', 'unavailable'],
    ['unauthorized', 'credentials'],
    ['forbidden', 'credentials'],
    ['gone', 'gone'],
    ['html', 'transport'],
    ['redirect_elsewhere', 'elsewhere'],
    ['redirect_same', 'done'],
    ['half_json', 'broken'],
    ['slow_body', 'done'],
    ['huge_body', 'broken'],
    ['late', 'done'],
    ['expired', 'expired'],
    ['no_choices', 'broken'],
    ['null_content', 'broken'],
    ['empty_text', 'empty'],
  ])('agree that %s of a poll means %s', async (fault, means) => {
    const gaveUp = fault === 'silence' ? GIVES_UP_SECONDS : undefined;
    const client = await simulated([{ fault, call: 'poll', delaySeconds: 0.005 }], gaveUp);
    expect(await polled(client, (reply) => reply.means !== 'pending')).toMatchObject({ means });
  });

  it('agree that a failed job fails alike every time', async () => {
    const failures = await Promise.all(
      [1, 2].map(async () => polled(await simulated([{ fault: 'job_fails' }]), ({ means }) => means !== 'pending')),
    );
    expect(failures[0]).toMatchObject({ means: 'failing', digest: expect.stringMatching(/^[0-9a-f]{16}$/u) });
    expect(failures[1]?.digest).toBe(failures[0]?.digest);
    expect(JSON.stringify(failures)).not.toContain('Traceback');
  });
});
