import { describe, expect, it } from 'vitest';
import { modelServiceContract, QUESTION } from '../contracts/model-service.ts';
import { accepted, done, FakeService, pending, reply } from './fake-service.ts';

modelServiceContract('the fake', async () => {
  const nobody = new FakeService();
  nobody.submits.push(reply('unreachable'));
  nobody.polls.set('*', [reply('unreachable')]);
  nobody.healthReply = { healthy: false, message: 'Nobody is there.' };
  return { service: new FakeService(), nobody, close: async () => {} };
});

describe('the fake service', () => {
  it('says what it was told to say, in order', async () => {
    const service = new FakeService();
    service.submits.push(reply('busy', { retryAfterMs: 5 }), accepted('fc-x'));
    service.polls.set('fc-x', [pending, reply('failing', { digest: 'd' }), done('three')]);
    expect(await service.submit(QUESTION)).toMatchObject({ means: 'busy', retryAfterMs: 5 });
    expect(await service.submit(QUESTION)).toMatchObject({ means: 'accepted', callId: 'fc-x' });
    const polls = [await service.poll('fc-x'), await service.poll('fc-x'), await service.poll('fc-x')];
    expect(polls.map(({ means }) => means)).toEqual(['pending', 'failing', 'done']);
    expect(service.calls.map(({ call }) => call)).toEqual(['submit', 'submit', 'poll', 'poll', 'poll']);
    expect([...service.accepted.keys()]).toEqual(['fc-x']);
  });

  it('holds a call that has arrived until it is released', async () => {
    const service = new FakeService();
    const held = service.hold(({ call }) => call === 'submit');
    const submitting = service.submit(QUESTION);
    expect(await held.reached).toEqual({ call: 'submit', question: QUESTION });
    expect(service.accepted.size).toBe(0);
    held.release();
    expect((await submitting).means).toBe('accepted');
  });
});
