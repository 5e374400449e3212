import { secretSpellings } from '../../domain/redaction.ts';
import type { Service, ServiceApi } from '../../domain/service.ts';
import { SECOND_MS } from '../../domain/units.ts';
import type { ModelService } from '../../ports/model-service.ts';
import { createHttpRunner, type HttpRunner } from '../http/request.ts';
import type { Codec, CodecContext, Conversation } from './codec.ts';
import { qwenVl } from './qwen-vl.ts';

/** The APIs that can be spoken; the others of {@link ServiceApi} come with their kinds of task. */
const CODECS: Readonly<Partial<Record<ServiceApi, (context: CodecContext) => Codec>>> = { 'qwen-vl': qwenVl };

async function converse<Ask, Reply>(runner: HttpRunner, conversation: Conversation<Ask, Reply>, ask: Ask): Promise<Reply> {
  let request = conversation.begin(ask);
  for (;;) {
    const step = conversation.next(ask, await runner.send(request));
    if ('reply' in step) return step.reply;
    request = step.request;
  }
}

/**
 * @param headers their values as they are to be sent; never repeated in anything that comes back.
 * @throws RangeError where no codec speaks the service's API.
 */
export function createModelService(
  service: Service,
  headers: Readonly<Record<string, string>>,
): ModelService & { close(): Promise<void> } {
  const speak = CODECS[service.api];
  if (speak === undefined) throw new RangeError(`services.${service.name}.api: ${service.api} cannot be spoken yet; use qwen-vl`);
  const secrets = secretSpellings(Object.values(headers));
  const codec = speak({ baseUrl: service.baseUrl, secrets, now: () => Date.now() });
  const runner = createHttpRunner({ deadlineMs: service.requestSeconds * SECOND_MS, headers });
  return {
    submit: (question) => converse(runner, codec.submit, question),
    poll: (callId) => converse(runner, codec.poll, callId),
    health: () => converse(runner, codec.health, null),
    close: () => runner.close(),
  };
}
