import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelService, Question } from '../../ports/model-service.ts';

/** A service that takes jobs and answers them, and the same service where nobody is at home. */
export interface ServiceWorld {
  readonly service: ModelService;
  readonly nobody: ModelService;
  close(): Promise<void>;
}

export const QUESTION: Question = {
  model: 'qwen-vqa-special',
  prompt: 'How many ships are visible?',
  maxTokens: 128,
  temperature: 0,
  mime: 'image/png',
  picture: new Uint8Array([137, 80, 78, 71]),
};

/** What every ModelService promises, whatever it is made of. */
export function modelServiceContract(name: string, create: () => Promise<ServiceWorld>): void {
  describe(`${name} as a model service`, () => {
    let world: ServiceWorld;
    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    const submitted = async (): Promise<string> => {
      const reply = await world.service.submit(QUESTION);
      if (reply.means !== 'accepted') throw new Error(reply.said);
      return reply.callId;
    };

    it('takes a job and gives its call_id, another one every time', async () => {
      const ids = [await submitted(), await submitted(), await submitted()];
      expect(new Set(ids).size).toBe(3);
      expect(ids.every((id) => id !== '')).toBe(true);
    });

    it('gives the answer of a job, as often as it is asked', async () => {
      const callId = await submitted();
      const first = await world.service.poll(callId);
      expect(first).toMatchObject({
        means: 'done',
        digest: null,
        retryAfterMs: null,
        answer: { text: expect.stringMatching(/\S/u) },
      });
      expect(await world.service.poll(callId)).toEqual(first);
    });

    it('knows nothing of a job that it never took', async () => {
      expect(await world.service.poll('fc-never/../given')).toMatchObject({ means: 'expired' });
    });

    it('says whether it is well', async () => {
      expect(await world.service.health()).toEqual({ healthy: true, message: expect.stringMatching(/\.$/u) });
    });

    it('answers with a reply where there is nobody, and throws nothing', async () => {
      expect(await world.nobody.submit(QUESTION)).toMatchObject({ means: 'unreachable', said: expect.stringMatching(/\.$/u) });
      expect(await world.nobody.poll('fc-1')).toMatchObject({ means: 'unreachable' });
      expect((await world.nobody.health()).healthy).toBe(false);
    });
  });
}
